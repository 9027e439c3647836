// GraphQL over HTTP with the specification's own audit suite, and persisted queries.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { Api } from '../support/api.mjs';

let api;
before(async () => {
  api = await Api.start('api-http');
});
after(() => api?.server.remove());

for (const audit of serverAudits({ url: () => api.url, fetchFn: (...words) => api.fetch(...words) })) {
  test(`${audit.id}: ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, 'ok', `${result.status}: ${result.reason}`);
  });
}

test('a query sent once with its hash is found by it, by POST and by GET', async () => {
  const query = '{ viewer { name } }';
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const unknown = await api.ask({ extensions });
  assert.equal(unknown.errors[0].extensions.code, 'PERSISTED_QUERY_NOT_FOUND');
  const forged = await api.ask({ query: '{ viewer { role } }', extensions });
  assert.equal(forged.errors[0].extensions.code, 'PERSISTED_QUERY_HASH_MISMATCH');
  const first = await api.ask({ query, extensions });
  assert.equal(first.data.viewer.name, 'api-test');
  const second = await api.ask({ extensions });
  assert.deepEqual(second.data, first.data);
  const url = new URL(api.url);
  url.searchParams.set('extensions', JSON.stringify(extensions));
  const third = await (await api.fetch(url)).json();
  assert.deepEqual(third.data, first.data);
});

test('every error names its request', async () => {
  const answer = await api.fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'mine-7' },
    body: JSON.stringify({ query: '{ nosuch }' }),
  });
  const { errors } = await answer.json();
  assert.equal(errors[0].extensions.requestId, answer.headers.get('x-request-id'));
});
