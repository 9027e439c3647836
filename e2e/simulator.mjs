// The simulator's page: phones, what they send and tap, the world's faults with the status that each leads to, the clock, and
// a chat that is kept as a scenario and played again without a screen.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Api } from './support/api.mjs';
import { inspect, photograph } from './support/looks.mjs';
import { BINARY } from './support/server.mjs';
import { stretches } from './support/stretch.mjs';
import { Visitor, launch } from './support/visitor.mjs';

const out = fileURLToPath(new URL('out/simulator', import.meta.url));
const ASHA = '+9779800000001';
let api;
let browser;
let operator;
let page;

before(async () => {
  await rm(out, { recursive: true, force: true });
  api = await Api.start('simulator');
  browser = await launch();
  operator = await Visitor.at(browser, api.server.origin);
  ({ page } = await operator.opens(api.server.signInLink));
  await hook('live-indicator', '[data-state="live"]').first().waitFor();
  await page.goto('/simulator');
});

after(async () => {
  await browser?.close();
  await api?.server.remove();
});

const stretch = stretches(out, () => ({ browser, operator }));

const hook = (name, state = '') => page.locator(`[data-testid="${name}"]${state}`);
const answers = () => hook('phone-message', '[data-from="business"]');

async function says(text) {
  await hook('simulator-body').fill(text);
  await page.keyboard.press('Enter');
}

const asked = (query, variables) => api.asked(query, variables);

async function sends(body, more = {}) {
  const query = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } userErrors { code } } }';
  const { sendMessage } = await asked(query, { input: { to: ASHA, body, ...more } });
  return sendMessage;
}

/** The message's status and code, once the status is this. */
async function becomes(id, status) {
  for (let turn = 0; turn < 150; turn += 1) {
    const { message } = await asked('query ($id: ID!) { message(id: $id) { status errorCode attemptCount } }', { id });
    if (message.status === status) return message;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail(`${id} did not become ${status}`);
}

/** Waits until Asha's phone is set so. */
async function phone(setting, value) {
  const query = `query ($address: String!) { simulator { phone(address: $address) { ${setting} } } }`;
  for (let turn = 0; turn < 100; turn += 1) {
    const { simulator } = await asked(query, { address: ASHA });
    if (simulator.phone[setting] === value) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail(`${setting} did not become ${value}`);
}

stretch('"hi" is answered; how soon is told', async () => {
  await hook('simulator-body').fill('hi');
  const begun = performance.now();
  await page.keyboard.press('Enter');
  await answers().first().waitFor();
  const took = performance.now() - begun;
  console.log(`figure  hi to its answer on the screen: ${took.toFixed(0)} ms`);
});

stretch('each fault leads to the status that it is documented with', async () => {
  await hook('world').locator('summary').click();
  for (const [word, status, code] of [
    ['63016', 'FAILED', 63016],
    ['63024', 'UNDELIVERED', 63024],
    ['sent', 'SENT', null],
    ['delivered', 'DELIVERED', null],
  ]) {
    await page.locator('#world-outcome').selectOption(word);
    await page.locator('.world__now.is-unusual').waitFor();
    const { message } = await sends(`ends as ${word}`);
    const ended = await becomes(message.id, status);
    assert.equal(ended.errorCode, code, word);
    await page.locator('.world__now:not(.is-unusual)').waitFor();
  }
  await page.locator('#world-answer').selectOption('busy');
  await page.locator('.world__now.is-unusual').waitFor();
  const { message } = await sends('too many');
  assert.equal((await becomes(message.id, 'READ')).attemptCount, 2);
  await page.locator('#world-answer').selectOption('drop');
  await page.locator('.world__now.is-unusual').waitFor();
  // In a lane of its own: what follows it there to the same person would wait until its fate is known.
  await becomes((await sends('perhaps', { lane: 'BULK' })).message.id, 'UNCONFIRMED');
});

stretch('a message that comes twice is one message; a forged one is none', async () => {
  await page.locator('#world-webhooks-twice').check();
  await page.locator('.world__now.is-unusual').waitFor();
  await says('twice please');
  await hook('phone-message', '[data-from="phone"][data-status="read"]').filter({ hasText: 'twice please' }).waitFor();
  await page.locator('#world-webhooks-forged').check();
  await page.locator('.world__now', { hasText: 'webhooks forged' }).waitFor();
  await says('forged one');
  await hook('phone-message', '[data-from="phone"][data-status="failed"]').filter({ hasText: 'forged one' }).waitFor();
  const count = async (search) =>
    (await asked('query ($search: String) { messages(filter: { search: $search }) { nodes { id } } }', { search })).messages.nodes.length;
  assert.equal(await count('"twice please"'), 1);
  assert.equal(await count('"forged one"'), 0);
  await hook('world-usual').click();
  await page.locator('.world__now:not(.is-unusual)').waitFor();
});

stretch('a phone without a network gets nothing until it is back', async () => {
  await page.locator('#phone-offline').check();
  await phone('isOnline', false);
  const { message } = await sends('are you there?');
  await becomes(message.id, 'SENT');
  await says('nothing leaves');
  await page.getByText('offline').first().waitFor();
  await page.locator('#phone-offline').uncheck();
  await phone('isOnline', true);
  await becomes(message.id, 'READ');
});

stretch('a box that was ticked does not jump back when older news arrives', async () => {
  const box = page.locator('#phone-offline');
  const gates = {};
  const gate = (name) => {
    const gate = {};
    gate.closed = new Promise((done) => { gate.open = done; });
    gate.reached = new Promise((done) => { gate.reach = done; });
    gates[name] = gate;
    return gate;
  };
  const older = gate('PhoneQuery');
  const change = gate('PhoneMutation');
  await page.route('**/graphql', async (route) => {
    const { operationName } = route.request().postDataJSON();
    const held = gates[operationName];
    delete gates[operationName];
    if (!held) return route.continue();
    const response = operationName === 'PhoneQuery' ? await route.fetch() : undefined;
    held.reach();
    await held.closed;
    // The page may have given this request up.
    await (response ? route.fulfill({ response }) : route.continue()).catch(() => {});
    held.passed?.();
  });
  const passed = new Promise((done) => { older.passed = done; });
  await sends('news for the phone');
  await older.reached;
  await box.check();
  await change.reached;
  older.open();
  await passed;
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.equal(await box.isChecked(), true, 'while the change is on its way');
  change.open();
  await phone('isOnline', false);
  await page.unroute('**/graphql');
  await box.uncheck();
  await phone('isOnline', true);
});

stretch('a day later the window is closed, and whoever writes opens it again', async () => {
  await hook('travel').last().click();
  await page.getByText('clock moved on').first().waitFor();
  assert.deepEqual((await sends('too late')).userErrors, [{ code: 'WINDOW_CLOSED' }]);
  const before = await answers().count();
  await says('I am back');
  await answers().nth(before).waitFor();
  await becomes((await sends('welcome back')).message.id, 'READ');
});

stretch('pictures, places and files come in as what they are', async () => {
  for (const word of ['image', 'place', 'document']) {
    const before = await hook('phone-message', '[data-from="phone"]').count();
    await hook('simulator-attach').selectOption(word);
    await hook('phone-message', '[data-from="phone"]').nth(before).waitFor();
  }
  const { messages } = await asked('{ messages(first: 20, filter: { direction: INBOUND }) { nodes { contentKind } } }');
  const kinds = messages.nodes.map((it) => it.contentKind);
  for (const kind of ['IMAGE', 'LOCATION', 'DOCUMENT']) assert.ok(kinds.includes(kind), `${kind} of ${kinds}`);
  await hook('world').locator('summary').click();
  await photograph(page, out, 'simulator');
  await inspect(page, 'simulator');
  await hook('world').locator('summary').click();
  await photograph(page, out, 'world');
  await inspect(page, 'world');
});

stretch('a chat is kept as a scenario and goes the same way without a screen', async () => {
  await page.getByRole('button', { name: 'Add phone' }).click();
  const heard = async (text, answer) => {
    await says(text);
    await answers().filter({ hasText: answer }).last().waitFor();
  };
  await heard('hi', 'Welcome');
  await heard('1', 'Ilam Black Tea');
  await heard('2 x 1', 'put into your basket');
  await hook('save-scenario').click();
  const text = await hook('scenario').innerText();
  await photograph(page, out, 'scenario');
  await inspect(page, 'scenario');
  await page.keyboard.press('Escape');
  const file = join(api.server.folder, 'chat.scenario');
  await writeFile(file, text);
  const { stdout } = await promisify(execFile)(BINARY, ['simulator', '--scenario', file], { cwd: api.server.folder });
  assert.ok(stdout.includes('✓') && !stdout.includes('✗'), stdout);
});
