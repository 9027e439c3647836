// The shell and the plain pages in a real browser: palette, keys, notes, the connection, who may come in, what came in.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect, photograph } from './support/looks.mjs';
import { Server } from './support/server.mjs';
import { stretches } from './support/stretch.mjs';
import { Visitor, launch } from './support/visitor.mjs';

const out = fileURLToPath(new URL('out/shell', import.meta.url));
const PASSWORD = 'correct horse battery';
const AWAY_MS = 30_000;
/** What a first visit may load; more where the compiler can't leave out its own words. */
const BUDGET = Number(process.env.FIRST_VISIT_BYTES ?? 500_000);
/** A middling phone on a middling line: 8 Mbit/s, 100 ms, a processor a quarter as fast. */
const MIDDLING = {
  line: { offline: false, latency: 100, downloadThroughput: 1e6, uploadThroughput: 1e6 },
  slowdown: 4,
};
let server;
let browser;
let operator;
let page;

before(async () => {
  await rm(out, { recursive: true, force: true });
  server = await Server.start(out);
  browser = await launch();
  operator = await Visitor.at(browser, server.origin);
  await operator.context.grantPermissions(['clipboard-read', 'clipboard-write']);
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

const stretch = stretches(out, () => ({ browser, operator }));

const hook = (where, name, state = '') => where.locator(`[data-testid="${name}"]${state}`);
const appears = (where, name, state) => hook(where, name, state).first().waitFor();
const isLive = (where) => appears(where, 'live-indicator', '[data-state="live"]');
const focused = (where) => where.evaluate(() => document.activeElement?.tagName);

/** Goes to a page, waits for its heading; its pictures are taken and axe looks at it. */
async function shows(path, title, name) {
  await page.goto(path);
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.waitForFunction((it) => document.title.startsWith(it), title);
  await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null);
  if (name) await look(page, name);
}

async function look(where, name) {
  await photograph(where, out, name);
  await inspect(where, name);
}

/** Asks the API with a token. */
function ask(token, query = '{ viewer { name } }') {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return fetch(`${server.origin}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
}

/** In the page: what was loaded, when it painted, and how far it moved. */
async function measured() {
  const observe = (type) =>
    new Promise((done) => {
      new PerformanceObserver((list, observer) => {
        observer.disconnect();
        done(list.getEntries());
      }).observe({ type, buffered: true });
      setTimeout(() => done([]), 200);
    });
  const data = performance.now();
  const [page] = performance.getEntriesByType('navigation');
  const parts = performance.getEntriesByType('resource').filter((it) => /\.(js|wasm|css|svg)$/.test(it.name));
  const painted = performance.getEntriesByName('first-contentful-paint');
  const largest = await observe('largest-contentful-paint');
  const shifts = await observe('layout-shift');
  return {
    bytes: parts.reduce((sum, it) => sum + it.encodedBodySize, page.encodedBodySize),
    files: parts.length + 1,
    first: painted[0]?.startTime ?? Number.NaN,
    largest: largest.at(-1)?.startTime ?? Number.NaN,
    data,
    shift: shifts.filter((it) => !it.hadRecentInput).reduce((sum, it) => sum + it.value, 0),
  };
}

stretch('the one-time link leads in; the rail names every page that an administrator may read', async () => {
  ({ page } = await operator.opens(server.signInLink));
  await isLive(page);
  for (const word of ['messages', 'webhooks', 'simulator', 'graphiql', 'tokens', 'users', 'audit', 'doctor']) {
    await appears(page, `nav-${word}`);
  }
  await appears(page, 'environment-badge', '[data-environment="SIMULATED"]');
});

stretch('a first visit of any page stays within its budget; how soon it paints on a slow line and a slow computer', async () => {
  for (const [path, title] of [
    ['/', 'Overview'],
    ['/messages', 'Messages'],
    ['/queue', 'Queue'],
    ['/simulator', 'Simulator'],
    ['/webhooks', 'Webhooks'],
    ['/doctor', 'Doctor'],
    ['/tokens', 'Tokens'],
    ['/audit', 'Audit log'],
  ]) {
    const visit = await operator.context.newPage();
    const session = await operator.context.newCDPSession(visit);
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    await session.send('Network.emulateNetworkConditions', MIDDLING.line);
    await session.send('Emulation.setCPUThrottlingRate', { rate: MIDDLING.slowdown });
    await visit.goto(path);
    await visit.getByRole('heading', { level: 1, name: title }).waitFor();
    await visit.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null);
    const seen = await visit.evaluate(measured);
    await visit.close();
    const kilobytes = Math.ceil(seen.bytes / 1000);
    const times = ['first', 'largest', 'data'].map((it) => `${(seen[it] / 1000).toFixed(1)} s`);
    console.log(
      `figure  first visit of ${path}: ${kilobytes} KB in ${seen.files} files; first paint ${times[0]}, largest ${times[1]}, data ${times[2]}; shift ${seen.shift.toFixed(3)}`,
    );
    assert.ok(seen.bytes <= BUDGET, `${path} loads ${seen.bytes} bytes`);
    assert.ok(seen.shift <= 0.02, `${path} shifts by ${seen.shift}`);
  }
});

stretch('g and a letter go to a page, its heading has the focus, back leads back', async () => {
  await page.keyboard.press('g');
  await appears(page, 'go-hint');
  await page.keyboard.press('d');
  await page.waitForURL('**/doctor');
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  await page.waitForFunction(() => document.title.startsWith('Doctor'));
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.waitForURL('**/webhooks');
  await page.goBack();
  await page.waitForURL('**/doctor');
});

stretch('the palette: pages, actions, exact ids, people from the server, by keyboard alone', async () => {
  await page.goto('/messages');
  await isLive(page);
  await page.keyboard.press('Control+k');
  const input = hook(page, 'palette-input');
  await input.waitFor();
  assert.equal(await focused(page), 'INPUT');
  await look(page, 'palette');
  await input.fill('audit');
  const lines = hook(page, 'palette-line');
  await lines.first().filter({ hasText: 'Audit log' }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/audit');
  await page.keyboard.press('Control+k');
  await input.fill('+977 98 0000 0001');
  await lines.first().filter({ hasText: 'Messages of +9779800000001' }).waitFor();
  await input.fill('SM0123');
  await page.getByText('A Twilio SID has 34 characters').waitFor();
  await input.fill('msg_00000000000000000000000000');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/messages/msg_00000000000000000000000000');
  await page.keyboard.press('Control+k');
  await input.fill('> theme');
  await lines.first().filter({ hasText: 'Change the theme' }).waitFor();
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
  await page.locator('h1').waitFor();
  await page.keyboard.press('t');
  await page.keyboard.press('t');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
});

stretch('the palette finds a customer, and a button of the page opens its dialog', async () => {
  await page.goto('/simulator');
  await hook(page, 'simulator-body').fill('hi');
  await hook(page, 'simulator-send').click();
  await appears(page, 'phone-message', '[data-from="business"]');
  await page.goto('/messages');
  await isLive(page);
  await page.keyboard.press('Control+k');
  await hook(page, 'palette-input').fill('@asha');
  await hook(page, 'palette-line', '[data-kind="Person"]').first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/messages?address=**');
  await page.keyboard.press('Control+k');
  await hook(page, 'palette-input').fill('send message');
  await hook(page, 'palette-line', '[data-kind="This page"]').first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.id === 'compose-to');
  await page.keyboard.press('Escape');
});

stretch('? lists the shortcuts of the page from the key map; Esc closes it', async () => {
  await page.goto('/messages');
  await isLive(page);
  await page.keyboard.press('?');
  await appears(page, 'shortcuts');
  await hook(page, 'shortcuts').getByText('Next row').waitFor();
  await look(page, 'shortcuts');
  await page.keyboard.press('Escape');
  await hook(page, 'shortcuts').waitFor({ state: 'detached' });
});

stretch('the rail folds to icons and stays so; narrow screens have a bar and a sheet', async () => {
  await hook(page, 'rail-turn').click();
  await page.waitForFunction(() => document.documentElement.dataset.rail === 'icons');
  await page.waitForFunction(() => document.querySelector('.rail').offsetWidth === 56);
  await look(page, 'rail-icons');
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.rail), 'icons');
  await hook(page, 'rail-turn').click();
  await page.setViewportSize({ width: 390, height: 844 });
  await hook(page, 'nav-more').click();
  await appears(page, 'sheet-audit');
  await page.screenshot({ path: join(out, 'sheet-light-390.png') });
  await hook(page, 'sheet-audit').click();
  await page.waitForURL('**/audit');
  await hook(page, 'sheet-audit').waitFor({ state: 'hidden' });
  await page.setViewportSize({ width: 1440, height: 900 });
});

stretch('skip links lead past the frame', async () => {
  await page.goto('/messages');
  await hook(page, 'message-row').first().waitFor();
  for (const [name, place] of [
    ['Skip to content', 'main'],
    ['Skip to filters', 'search'],
    ['Skip to the table', 'table'],
  ]) {
    const link = page.locator('.skip', { hasText: name });
    await link.focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((it) => document.activeElement?.closest(it) !== null, place);
  }
});

stretch('an address nobody lives at says so and leads home', async () => {
  await shows('/nowhere/at/all', 'Page not found', 'not-found');
  await page.getByRole('main').getByRole('link', { name: 'Go to Messages' }).click();
  await page.waitForURL('**/messages');
});

stretch('a program that broke shows a way out, and the keyboard is led to it', async () => {
  await page.evaluate(() => {
    // What a browser tells of a panic, which in a release is a trap.
    dispatchEvent(new ErrorEvent('error', { error: new WebAssembly.RuntimeError('unreachable') }));
  });
  await page.getByRole('heading', { name: 'The dashboard did not start' }).waitFor();
  await page.waitForFunction(() => document.activeElement?.hasAttribute('data-reload'));
  await photograph(page, out, 'broken');
  await page.keyboard.press('Enter');
  await isLive(page);
});

stretch('webhooks: what came in stands in the log, live, and each has a page with its form', async () => {
  await shows('/webhooks', 'Webhooks');
  const rows = hook(page, 'webhook-row');
  await rows.nth(1).waitFor();
  const before = await rows.count();
  const { page: simulator } = await operator.opens('/simulator');
  await hook(simulator, 'simulator-body').fill('one more');
  await hook(simulator, 'simulator-send').click();
  await hook(simulator, 'phone-message').nth(1).waitFor();
  await simulator.close();
  await page.bringToFront();
  await page.mouse.move(5, 5);
  await rows.nth(before).waitFor();
  await look(page, 'webhooks');
  await hook(page, 'filter-kind').selectOption('inbound');
  await page.waitForURL('**/webhooks?kind=inbound');
  await page.getByRole('button', { name: 'Remove filter Kind: Messages' }).waitFor();
  await rows.first().filter({ hasText: 'Message' }).waitFor();
  await page.reload();
  await page.waitForFunction(() => document.querySelector('#filter-kind')?.value === 'inbound');
  await rows.first().locator('a').first().click();
  await page.waitForURL('**/webhooks/whe_*');
  await hook(page, 'webhook-fields').getByText('MessageSid', { exact: true }).waitFor();
  await look(page, 'webhook');
  await page.goto('/webhooks?state=moon');
  await page.getByRole('button', { name: 'Remove filter Not understood: state=moon' }).click();
  await page.waitForURL((it) => it.pathname === '/webhooks' && it.search === '');
  await page.goto('/webhooks?state=dead');
  await page.getByRole('heading', { name: 'No webhook matches' }).waitFor();
  await look(page, 'webhooks-none');
  await page.goto('/webhooks/whe_00000000000000000000000000');
  await appears(page, 'webhook-not-found');
});

stretch('webhooks: a forged request is turned away, and the page says why and what to change', async () => {
  const body = 'MessageSid=SM00000000000000000000000000000000&From=whatsapp%3A%2B9779800000001&Body=hi';
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'AAAA' };
  const answer = await fetch(`${server.origin}/api/v1/whatsapp/webhook`, { method: 'POST', headers, body });
  assert.ok(answer.status >= 400 && answer.status < 500);
  // Refusals are written down once a second.
  await new Promise((done) => setTimeout(done, 1500));
  await page.goto('/webhooks');
  await appears(page, 'refusal', '[data-reason="WRONG_SIGNATURE"]');
  await look(page, 'webhooks-refused');
});

stretch('webhooks: replaying counts first; nothing dead is said so', async () => {
  await hook(page, 'replay-all').click();
  await hook(page, 'replay-words').getByText('there is nothing to replay').waitFor();
  await look(page, 'replay');
  await page.keyboard.press('Escape');
});

stretch('webhooks: a dead event offers Replay, and what the server refuses is said', async () => {
  await page.route('**/graphql', async (route) => {
    if (!route.request().postData()?.includes('webhookEvents(')) return route.continue();
    const response = await route.fetch();
    const json = await response.json();
    const [first] = json.data.webhookEvents.nodes;
    if (first) Object.assign(first, { state: 'DEAD', failures: 12, error: 'made dead by the test' });
    return route.fulfill({ response, json });
  });
  await page.goto('/webhooks');
  const dead = hook(page, 'webhook-row', '[data-state="DEAD"]');
  await dead.waitFor();
  await look(page, 'webhooks-dead');
  await dead.getByRole('button', { name: 'Replay' }).click();
  await hook(page, 'toast').filter({ hasText: /processed/ }).first().waitFor();
  // F6 leads to the note and back.
  await page.locator('h1').focus();
  await page.keyboard.press('F6');
  await page.waitForFunction(() => document.activeElement?.classList.contains('toasts'));
  await page.keyboard.press('F6');
  assert.equal(await focused(page), 'H1');
  await hook(page, 'toast').first().getByRole('button', { name: 'Dismiss' }).click();
  await page.unroute('**/graphql');
});

stretch('doctor: every check with its value and why, a report to copy, one check by its link', async () => {
  await shows('/doctor', 'Doctor', 'doctor');
  await appears(page, 'check', '[data-check="database"][data-status="OK"]');
  await hook(page, 'doctor-summary').getByText(/\d+ of \d+ in order/).waitFor();
  await hook(page, 'doctor-copy').click();
  await hook(page, 'toast').filter({ hasText: 'clipboard' }).waitFor();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(report, /^Waybill .*in order/);
  assert.match(report, /OK {4}database/);
  await hook(page, 'doctor-run').click();
  await page.goto('/doctor?check=queue');
  await page.locator('.check.is-wanted[data-check="queue"]').waitFor();
});

stretch('doctor: what breaks turns exactly its check, with a fix, by itself; and back after the repair', async () => {
  const bad = join(server.folder, 'data', 'spool-test.bad');
  await page.goto('/doctor');
  await isLive(page);
  await appears(page, 'check', '[data-check="events"][data-status="OK"]');
  await writeFile(bad, 'what could not be read back');
  // The server looks every ten seconds, and its report is at most as old.
  const broken = hook(page, 'check', '[data-check="events"][data-status="WARN"]');
  await broken.waitFor({ timeout: 30_000 });
  await broken.getByText('.bad files').waitFor();
  assert.equal(await hook(page, 'check', ':not([data-status="OK"])').count(), 1);
  await page.waitForFunction(() => document.title.startsWith('Doctor: look at this'));
  await look(page, 'doctor-warn');
  await rm(bad);
  await hook(page, 'check', '[data-check="events"][data-status="OK"]').waitFor({ timeout: 30_000 });
});

stretch('tokens: the secret is shown once, works, and a revoked one is refused within a second', async () => {
  await shows('/tokens', 'Tokens', 'tokens-none');
  await hook(page, 'create-token').click();
  await page.waitForFunction(() => document.activeElement?.id === 'token-name');
  await hook(page, 'token-form').getByRole('button', { name: 'Create token' }).click();
  await page.locator('#token-name-error:not(:empty)').waitFor();
  await look(page, 'token-form');
  await page.locator('#token-name').fill('shop website');
  await page.getByRole('radio', { name: 'Read' }).check();
  await hook(page, 'token-form').getByRole('button', { name: 'Create token' }).click();
  await appears(page, 'token-secret');
  const secret = (await page.locator('.secret bdi').textContent()).trim();
  assert.match(secret, /^wb_/);
  await look(page, 'token-secret');
  assert.equal((await ask(secret)).status, 200);
  await hook(page, 'token-done').click();
  const row = hook(page, 'token-row');
  await row.filter({ hasText: 'shop website' }).waitFor();
  assert.ok(!(await page.content()).includes(secret), 'the secret is nowhere any more');
  await look(page, 'tokens');
  await row.getByRole('button', { name: 'Revoke…' }).click();
  await appears(page, 'confirm');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Cancel');
  await look(page, 'token-revoke');
  await hook(page, 'confirm-yes').click();
  await row.waitFor({ state: 'detached' });
  await new Promise((done) => setTimeout(done, 1000));
  assert.equal((await ask(secret)).status, 401);
  await page.goto('/tokens?show=all');
  await appears(page, 'token-row', '[data-state="revoked"]');
});

let viewerLink;

stretch('users: one is invited by a one-time link; the last administrator is kept in', async () => {
  await shows('/users', 'Users');
  await hook(page, 'create-user').click();
  await page.locator('#user-name').fill('Bijay');
  await page.getByRole('radio', { name: 'Viewer' }).check();
  await look(page, 'user-form');
  await hook(page, 'user-form').getByRole('button', { name: 'Invite' }).click();
  await appears(page, 'one-time-link');
  viewerLink = (await page.locator('.secret bdi').textContent()).trim();
  await look(page, 'user-link');
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await hook(page, 'user-row').filter({ hasText: 'Bijay' }).waitFor();
  await look(page, 'users');
  await hook(page, 'user-row').filter({ hasText: 'You' }).locator('a').first().click();
  await page.waitForURL('**/users/usr_*');
  await appears(page, 'user-detail');
  await appears(page, 'session-row', '[data-state="current"]');
  await look(page, 'user');
  await hook(page, 'disable-user').click();
  await hook(page, 'confirm-yes').click();
  await hook(page, 'confirm').locator('.field__error', { hasText: /administrator/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('radio', { name: 'Viewer' }).check();
  await hook(page, 'profile').getByRole('button', { name: 'Save' }).click();
  await hook(page, 'profile-failure').filter({ hasText: /administrator/ }).waitFor();
});

stretch('a viewer sees what a viewer may: no page of the others, and a reason where something is off', async () => {
  const viewer = await Visitor.at(browser, server.origin);
  viewer.forgives(/status of 403/);
  const { page: theirs } = await viewer.opens(new URL(viewerLink).pathname);
  await isLive(theirs);
  for (const word of ['tokens', 'users', 'audit', 'doctor']) {
    assert.equal(await hook(theirs, `nav-${word}`).count(), 0, word);
  }
  for (const path of ['/tokens', '/users', '/audit', '/doctor']) {
    await theirs.goto(path);
    await appears(theirs, 'forbidden');
  }
  await look(theirs, 'forbidden');
  await theirs.goto('/webhooks');
  await hook(theirs, 'webhook-row').first().waitFor();
  await appears(theirs, 'replay-all', '[disabled]');
  assert.match(await hook(theirs, 'replay-all').getAttribute('title'), /Operator/);
  assert.equal(await hook(theirs, 'refusal').count(), 0);
  await hook(theirs, 'webhook-row').first().locator('a').first().click();
  await appears(theirs, 'webhook-form-forbidden');
  viewer.findsNoFault();
  await viewer.context.close();
});

stretch('account: a password, and the sessions of oneself', async () => {
  await shows('/account', 'Account', 'account');
  await appears(page, 'session-row', '[data-state="current"]');
  await page.locator('#password-new').fill('short');
  await page.locator('#password-again').fill('short');
  await hook(page, 'password-form').getByRole('button', { name: 'Set password' }).click();
  await page.locator('#password-new-error', { hasText: /12/ }).waitFor();
  await page.locator('#password-new').fill(PASSWORD);
  await page.locator('#password-again').fill('something else');
  await page.keyboard.press('Enter');
  await page.locator('#password-again-error', { hasText: 'not the same' }).waitFor();
  await page.locator('#password-again').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await hook(page, 'toast').filter({ hasText: 'password is set' }).waitFor();
});

stretch('audit: each of those acts is one entry, with who and what changed; filters stand in the URL', async () => {
  await shows('/audit', 'Audit log', 'audit');
  for (const action of ['createToken', 'revokeToken', 'createUser', 'setPassword']) {
    await page.goto(`/audit?action=${action}`);
    await hook(page, 'audit-row').first().waitFor();
    assert.equal(await hook(page, 'audit-row').count(), 1, action);
  }
  await page.goto('/audit?action=createToken');
  await hook(page, 'audit-row').locator('.diff ins').first().waitFor();
  await hook(page, 'filter-action').selectOption('createUser');
  await page.waitForURL('**/audit?action=createUser');
  await hook(page, 'audit-row').filter({ hasText: 'Invited a user' }).waitFor();
  await page.goBack();
  await hook(page, 'audit-row').filter({ hasText: 'Created a token' }).waitFor();
});

stretch('the session ends under an open page: a dialog asks, and what was asked for is done then', async () => {
  operator.forgives(/status of 401/);
  await page.goto('/tokens');
  await hook(page, 'create-token').click();
  await page.locator('#token-name').fill('kept through it all');
  await operator.context.clearCookies();
  await hook(page, 'token-form').getByRole('button', { name: 'Create token' }).click();
  await appears(page, 'session-expired');
  await look(page, 'session-expired');
  await page.locator('#sign-in-password').fill('wrong password!');
  await page.keyboard.press('Enter');
  await hook(page, 'sign-in-failure').filter({ hasText: /\w/ }).waitFor();
  await page.locator('#sign-in-password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await appears(page, 'token-secret');
  await hook(page, 'token-done').click();
  await hook(page, 'token-row').filter({ hasText: 'kept through it all' }).waitFor();
  assert.equal(await hook(page, 'token-row').count(), 1, 'made once');
});

stretch('the server is killed for half a minute: a banner within 3 s, back without a reload or a row twice', async () => {
  operator.forgives(/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|WebSocket connection to .* failed/);
  operator.forgives(/status of 50[24]/);
  await page.goto('/messages');
  await isLive(page);
  const rows = hook(page, 'message-row');
  await rows.first().waitFor();
  const ids = () => rows.evaluateAll((all) => all.map((it) => it.dataset.id));
  const before = await ids();
  await page.evaluate(() => {
    globalThis.wasNotReloaded = true;
  });
  await server.kill();
  await hook(page, 'connection-banner', '[data-state="away"]').waitFor({ timeout: 3000 });
  await photograph(page, out, 'offline');
  await page.waitForTimeout(AWAY_MS);
  await server.resume();
  // Pauses between tries grow to 30 s; whoever is in a hurry presses the button.
  await page.getByRole('button', { name: 'Try now' }).click();
  await appears(page, 'connection-banner', '[data-state="back"]');
  await isLive(page);
  assert.deepEqual(await ids(), before);
  assert.equal(await page.evaluate(() => globalThis.wasNotReloaded), true);
});

stretch('signing out in one tab signs the others out', async () => {
  const { page: other } = await operator.opens('/doctor');
  await isLive(other);
  await page.bringToFront();
  await page.locator('.user').click();
  await hook(page, 'sign-out').click();
  await appears(page, 'sign-in-needed');
  await appears(other, 'sign-in-needed');
  await other.close();
});

stretch('the gallery shows every component, in development builds', async (context) => {
  await page.locator('#sign-in-name').fill('admin');
  await page.locator('#sign-in-password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await isLive(page);
  await page.goto('/gallery');
  await page.locator('h1').waitFor();
  if ((await hook(page, 'gallery').count()) === 0) {
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    context.skip('this dashboard is a release: cargo xtask dashboard --dev has the gallery');
    return;
  }
  await look(page, 'gallery');
  await hook(page, 'gallery-toast-bad').click();
  await hook(page, 'gallery-toast').click();
  await photograph(page, out, 'gallery-notes');
  operator.forgives(/panicked|unreachable/);
  await hook(page, 'gallery-panic').click();
  await page.getByRole('heading', { name: 'The dashboard did not start' }).waitFor();
});
