// graphql-transport-ws, with the client that everybody uses and by hand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { Api, place, soon } from '../support/api.mjs';

const EVENTS = 'subscription ($after: String) { messageEvents(after: $after) { cursor kind } }';
let api;
before(async () => {
  api = await Api.start('api-socket');
});
after(() => api?.server.remove());

const client = (options = {}) =>
  createClient({
    url: api.sockets,
    webSocketImpl: WebSocket,
    connectionParams: api.authorization,
    retryAttempts: 0,
    ...options,
  });

/** The code with which the server closes a socket that says these things. */
function closed(said, protocol = 'graphql-transport-ws', headers = {}) {
  const socket = new WebSocket(api.sockets, protocol, { headers });
  const code = new Promise((resolve, reject) => {
    socket.once('close', resolve);
    socket.once('error', reject);
  });
  socket.once('open', () => said.forEach((it) => socket.send(typeof it === 'string' ? it : JSON.stringify(it))));
  return soon('the server closes', code);
}

const hello = () => ({ type: 'connection_init', payload: api.authorization });
const wish = (id, query = EVENTS) => ({ id, type: 'subscribe', payload: { query } });

test('a client with a token is served, and pings are answered', async () => {
  let ponged;
  const pong = new Promise((resolve) => (ponged = resolve));
  const it = client({ keepAlive: 50, on: { pong: () => ponged() } });
  const answers = it.iterate({ query: '{ viewer { name } }' });
  const { value } = await soon('an answer', answers.next());
  assert.equal(value.data.viewer.name, 'api-test');
  const events = it.iterate({ query: EVENTS });
  const next = events.next();
  await soon('a pong', pong);
  await events.return();
  await next;
  await it.dispose();
});

test('a refused operation is an error of its own, and the socket lives on', async () => {
  const it = client({ lazy: false });
  await assert.rejects(async () => {
    for await (const _ of it.iterate({ query: '{ nosuch }' }));
  }, (errors) => errors[0].extensions.code === 'GRAPHQL_VALIDATION_FAILED' && errors[0].extensions.requestId.length === 36);
  await assert.rejects(async () => {
    for await (const _ of it.iterate({ query: EVENTS, variables: { after: 'e99999' } }));
  }, (errors) => errors[0].extensions.code === 'CURSOR_UNKNOWN');
  const { value } = await it.iterate({ query: '{ viewer { name } }' }).next();
  assert.equal(value.data.viewer.name, 'api-test');
  await it.dispose();
});

test('close codes are the ones of the protocol', async () => {
  assert.equal(await closed([{ type: 'connection_init' }]), 4403);
  assert.equal(await closed([{ type: 'connection_init', payload: { authorization: 'Bearer wb_wrong' } }]), 4403);
  const cookie = { cookie: 'waybill_session=x', origin: 'https://evil.example' };
  assert.equal(await closed([{ type: 'connection_init' }], 'graphql-transport-ws', cookie), 4403);
  assert.equal(await closed([wish('1')]), 4401);
  assert.equal(await closed([hello(), hello()]), 4429);
  assert.equal(await closed([hello(), wish('1'), wish('1')]), 4409);
  for (const bad of ['no json', '7', '{"type":"nosuch"}', '{"type":"subscribe","id":"1"}', '{"type":"complete"}']) {
    assert.equal(await closed([hello(), bad]), 4400, bad);
  }
  assert.equal(await closed([], []), 4406);
});

test('a socket that says nothing is closed', { timeout: 20_000 }, async () => {
  const began = Date.now();
  const socket = new WebSocket(api.sockets, 'graphql-transport-ws');
  const code = await new Promise((resolve) => socket.once('close', resolve));
  assert.equal(code, 4408);
  assert.ok(Date.now() - began > 9_000);
});

test('after a kill of the server a client gets exactly what it missed', { timeout: 90_000 }, async () => {
  const seen = [];
  const it = client({ retryAttempts: 0 });
  await api.writes('hi');
  const events = it.iterate({ query: EVENTS, variables: { after: 'e0' } });
  while (seen.length < 3) seen.push((await soon('an event', events.next())).value.data.messageEvents.cursor);
  await api.server.kill();
  await assert.rejects(async () => {
    for (;;) {
      const { value, done } = await events.next();
      if (done) throw new Error('ended');
      seen.push(value.data.messageEvents.cursor);
    }
  });
  await api.server.resume();
  await api.writes('help');
  const again = client();
  const rest = again.iterate({ query: EVENTS, variables: { after: seen.at(-1) } });
  // The bot's answers and their statuses come in their own time: all of the log that there is when it has been still.
  let log = [];
  for (let still = 0; still < 3; still += 1) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    const now = await api.log();
    if (now.length !== log.length) still = 0;
    log = now;
  }
  while (place(seen.at(-1)) < place(log.at(-1))) {
    seen.push((await soon('an event', rest.next())).value.data.messageEvents.cursor);
  }
  assert.deepEqual(seen, log);
  await again.dispose();
});

test('a server that stops says that it will be back', async () => {
  const socket = new WebSocket(api.sockets, 'graphql-transport-ws');
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify(hello()));
  await new Promise((resolve) => socket.once('message', resolve));
  const code = new Promise((resolve) => socket.once('close', resolve));
  await api.server.stop();
  assert.equal(await soon('the socket is closed', code), 1012);
});
