// GraphiQL asks before a mutation where messages reach real people, and only there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutationOf } from './graphiql/guard.mjs';
import { photograph } from './support/looks.mjs';
import { suite } from './support/suite.mjs';
import { appears, hook, retells } from './support/visitor.mjs';

const { out, stage, stretch } = suite('guard');
let page;
/** Every mutation that left the page. */
const sent = [];

const guard = () => hook(page, 'guard');
const answer = () => page.locator('.graphiql-response');
const execute = () => page.getByRole('button', { name: /^(Execute|Stop)/ });

/** Opens one of GraphiQL's tabs, and waits until GraphiQL knows what would run. */
async function turnsTo(operation) {
  await page.getByRole('tab', { name: operation }).click();
  await appears(page, 'graphiql-home', `[data-operation="${operation}"]`);
}

/** Makes the page believe that the server is connected so. */
async function livesIn(environment) {
  await page.unroute('**/graphql');
  await retells(page, 'viewer', (viewer) => {
    viewer.environment = environment;
  });
}

/** Runs what stands there, and waits for its answer without a question. */
async function runsUnasked(operation, field) {
  // The pane may still show the answer before.
  const isIts = (it) => it.url().endsWith('/graphql') && it.request().postDataJSON()?.operationName === operation;
  const answered = page.waitForResponse(isIts);
  await execute().click();
  await answered;
  await answer().getByText(`"${field}"`).waitFor();
  assert.equal(await guard().count(), 0);
}

/** Runs a mutation, and waits for the question. */
async function isAsked() {
  await execute().click();
  await guard().waitFor();
}

test('what changes something is told from what reads', () => {
  const two = 'query Read { viewer { name } } mutation Change { a: pauseQueue { queue { at } } retryMessage { message { id } } }';
  const change = { name: 'Change', calls: ['pauseQueue', 'retryMessage'] };
  for (const [query, operationName, expected] of [
    [two, 'Read', null],
    [two, 'Change', change],
    // The server refuses these two; whatever it does, nothing is changed unasked.
    [two, undefined, change],
    [two, 'Gone', change],
    ['{ viewer { name } }', undefined, null],
    ['# mutation\n{ viewer { name } }', undefined, null],
    ['subscription Watch { messageEvents { cursor } }', 'Watch', null],
    ['query mutation { viewer { name } }', 'mutation', null],
    ['mutation IntrospectionQuery { retryMessage { message { id } } }', 'IntrospectionQuery', { name: 'IntrospectionQuery', calls: ['retryMessage'] }],
    ['mutation { again: retryMessage { message { id } } ...More }', null, { name: 'this mutation', calls: ['retryMessage'] }],
    ['mutation {', undefined, { name: 'this mutation', calls: [] }],
    ['{ viewer', undefined, null],
  ]) {
    assert.deepEqual(mutationOf({ query, operationName }), expected, `${operationName}: ${query}`);
  }
});

stretch('in the simulated environment nobody is asked', async () => {
  ({ page } = await stage.operator.opens(stage.server.signInLink));
  page.on('request', (request) => {
    const body = request.postDataJSON();
    if (body?.query?.includes('mutation ')) sent.push(body.operationName);
  });
  await page.goto('/graphiql');
  await page.locator('.graphiql-container').waitFor();
  await turnsTo('SendMessage');
  await runsUnasked('SendMessage', 'sendMessage');
  assert.deepEqual(sent.splice(0), ['SendMessage']);
});

stretch('with a test number nobody is asked either', async () => {
  await livesIn('TEST_NUMBER');
  await runsUnasked('SendMessage', 'sendMessage');
  assert.deepEqual(sent.splice(0), ['SendMessage']);
});

stretch('where it is LIVE, a query and a subscription are never asked about', async () => {
  await livesIn('LIVE');
  await turnsTo('NewestMessages');
  await runsUnasked('NewestMessages', 'viewer');
  await turnsTo('WatchLive');
  const listens = page.waitForEvent('websocket').then((socket) =>
    socket.waitForEvent('framesent', ({ payload }) => JSON.parse(payload).type === 'subscribe'),
  );
  await execute().click();
  await listens;
  assert.equal(await guard().count(), 0);
  await execute().click();
  assert.deepEqual(sent, []);
});

stretch('a mutation is, by its name and what it calls, and the focus begins at "Don’t"', async () => {
  await turnsTo('SendMessage');
  await isAsked();
  const words = await guard().innerText();
  for (const word of ['Run SendMessage?', 'LIVE', 'real data', 'real people', 'It calls sendMessage.']) {
    assert.ok(words.includes(word), `${word}: ${words}`);
  }
  assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), 'guard-dont');
  await photograph(page, out, 'guard');
});

stretch('whoever refuses has sent nothing, by the button or by Esc', async () => {
  await hook(page, 'guard-dont').click();
  await answer().getByText('Not run: SendMessage').waitFor();
  assert.equal(await guard().count(), 0);
  await isAsked();
  await page.keyboard.press('Escape');
  await answer().getByText('Not run: SendMessage').waitFor();
  assert.equal(await guard().count(), 0);
  assert.deepEqual(sent, []);
});

stretch('whoever accepts has sent it once, and is asked again the next time', async () => {
  await isAsked();
  assert.deepEqual(sent, []);
  await hook(page, 'guard-run').click();
  await answer().getByText('"sendMessage"').waitFor();
  assert.deepEqual(sent.splice(0), ['SendMessage']);
  await isAsked();
  await hook(page, 'guard-dont').click();
  await guard().waitFor({ state: 'detached' });
  assert.deepEqual(sent, []);
});

stretch('where the server does not tell what it is connected to, nothing is sent', async () => {
  await page.unroute('**/graphql');
  await page.route('**/graphql', (route) =>
    route.request().postData()?.includes('viewer')
      ? route.fulfill({ json: { errors: [{ message: 'Sign in first.' }] } })
      : route.fallback(),
  );
  await execute().click();
  await answer().getByText('Sign in first.').waitFor();
  assert.equal(await guard().count(), 0);
  assert.deepEqual(sent, []);
});
