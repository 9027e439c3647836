// Subscriptions without a socket, with the client of graphql-sse.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createClient } from 'graphql-sse';
import { Api, soon } from '../support/api.mjs';

const EVENTS = 'subscription ($after: String) { messageEvents(after: $after) { cursor kind } }';
let api;
before(async () => {
  api = await Api.start('api-sse');
});
after(() => api?.server.remove());

const client = (headers = api.authorization) =>
  createClient({ url: `${api.url}/stream`, headers, retryAttempts: 0 });

test('events come as they happen, and from a cursor on', async () => {
  const it = client();
  const live = it.iterate({ query: EVENTS });
  const first = live.next();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await api.writes('hi');
  const { value } = await soon('an event', first);
  assert.equal(value.data.messageEvents.cursor, 'e1');
  const later = it.iterate({ query: EVENTS, variables: { after: 'e1' } });
  const next = await soon('an event', later.next());
  assert.equal(next.value.data.messageEvents.cursor, 'e2');
  it.dispose();
});

test('a single answer comes and the stream is complete', async () => {
  const it = client();
  const answers = [];
  for await (const answer of it.iterate({ query: '{ viewer { name } }' })) answers.push(answer);
  assert.deepEqual(answers.map((answer) => answer.data), [{ viewer: { name: 'api-test' } }]);
  it.dispose();
});

test('who has no token is refused', async () => {
  const it = client({});
  await assert.rejects(it.iterate({ query: EVENTS }).next(), (error) => error.response?.status === 401);
  it.dispose();
});
