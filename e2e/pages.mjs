// The plain pages in a real browser: what came in, whether all is well, who may come in, and what they did.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect, photograph } from './support/looks.mjs';
import { suite } from './support/suite.mjs';
import { changesWorld, twilioOf } from './support/twilio.mjs';
import { Visitor, appears, asked, hook, isLive, isToldTheTruth, retells, until } from './support/visitor.mjs';

const { out, stage, stretch } = suite('pages', () => stage.operator.context.grantPermissions(['clipboard-read', 'clipboard-write']));
const PASSWORD = 'correct horse battery';
const ASHA = '+9779800000001';
/** The server looks every ten seconds, and its report is at most as old. */
const NEXT_REPORT = { timeout: 30_000 };
let page;

/** Goes to a page, waits for its heading; its pictures are taken and axe looks at it. */
async function shows(path, title, name) {
  await page.goto(path);
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.waitForFunction((it) => document.title.startsWith(it), title);
  await page.locator('.loaded[aria-busy="false"]').first().waitFor();
  if (name) await look(page, name);
}

async function look(where, name) {
  await photograph(where, out, name);
  await inspect(where, name);
}

/** Asks the API with a token. */
function ask(token, query = '{ viewer { name } }') {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return fetch(`${stage.server.origin}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
}

const world = (change) => changesWorld(stage.server, change);

/** Every message with its status, once nothing is on its way any more. */
async function messages(atLeast) {
  let found;
  await until(`${atLeast} messages, all of them at their end`, async () => {
    ({ messages: { nodes: found } } = await asked(page, '{ messages(first: 100) { nodes { id direction status body } } }'));
    return found.length >= atLeast && found.every((it) => ['READ', 'RECEIVED'].includes(it.status));
  });
  return found;
}

stretch('webhooks: what came in stands in the log, live, and each has a page with its form', async () => {
  ({ page } = await stage.operator.opens(stage.server.signInLink));
  await isLive(page);
  const simulatorSend = 'mutation ($input: SimulatorSendInput!) { simulatorSend(input: $input) { userErrors { code } } }';
  await asked(page, simulatorSend, { input: { from: ASHA, name: 'Asha', body: 'hi' } });
  await messages(2);
  await shows('/webhooks', 'Webhooks');
  const rows = hook(page, 'webhook-row');
  await rows.nth(1).waitFor();
  const before = await rows.count();
  const { page: simulator } = await stage.operator.opens('/simulator');
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
  const { authToken } = await twilioOf(stage.server);
  const cookies = await stage.operator.context.cookies();
  const content = await page.content();
  for (const secret of [authToken, ...cookies.map((it) => it.value)]) {
    assert.ok(secret.length > 20 && !content.includes(secret), 'no secret is on the page');
  }
  assert.ok(cookies.some((it) => it.httpOnly), 'nor can a script read the session');
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
  const answer = await fetch(`${stage.server.origin}/api/v1/whatsapp/webhook`, { method: 'POST', headers, body });
  assert.ok(answer.status >= 400 && answer.status < 500);
  // Refusals are written down once a second.
  await until('it is written down', async () => (await asked(page, '{ webhookRefusals { reason } }')).webhookRefusals.length > 0);
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

stretch('webhooks: a dead event offers Replay; what was done already is said, and not done twice', async () => {
  const before = await messages(4);
  // Really dead is what failed for four minutes: the page is told so of an event that went well.
  let told;
  await retells(page, 'webhookEvents', ({ nodes }) => {
    const of = (it) => it.kind === 'INBOUND';
    told ??= { ...nodes.find(of), state: 'DEAD', failures: 8, error: 'made dead by the test' };
    const place = nodes.findIndex((it) => it.id === told.id);
    nodes.splice(Math.max(place, 0), place < 0 ? 0 : 1, told);
  });
  await page.goto('/webhooks');
  const dead = hook(page, 'webhook-row', '[data-state="DEAD"]');
  await dead.waitFor();
  await look(page, 'webhooks-dead');
  await dead.getByRole('button', { name: 'Replay' }).click();
  await hook(page, 'toast').filter({ hasText: /processed already/ }).first().waitFor();
  await inspect(page, 'toast', '.toasts');
  // F6 leads to the note and back.
  await page.locator('h1').focus();
  await page.keyboard.press('F6');
  await page.waitForFunction(() => document.activeElement?.classList.contains('toasts'));
  await page.keyboard.press('F6');
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  await hook(page, 'toast').first().getByRole('button', { name: 'Dismiss' }).click();
  await hook(page, 'replay-all').click();
  await hook(page, 'replay-words').getByText(/^1 dead event\./).waitFor();
  await hook(page, 'replay-start').click();
  await hook(page, 'replay-words').getByText('Done. 0 of 1 handed over, 1 left alone').waitFor();
  await page.keyboard.press('Escape');
  await isToldTheTruth(page);
  assert.deepEqual(await messages(4), before, 'one message and one answer each');
  const { auditLog } = await asked(page, '{ auditLog(filter: { action: "replayWebhookEvent" }) { nodes { id } } }');
  assert.deepEqual(auditLog.nodes, [], 'what was refused did not happen');
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
  await retells(page, 'health', (it) => Object.assign(it.checks[0], { measured: 'looked at anew' }));
  await hook(page, 'doctor-run').click();
  await hook(page, 'check').getByText('looked at anew').waitFor();
  await isToldTheTruth(page);
  await page.goto('/doctor?check=queue');
  await page.locator('.check.is-wanted[data-check="queue"]').waitFor();
});

stretch('doctor: what breaks turns exactly its check, with a fix, by itself; and back after the repair', async () => {
  const bad = join(stage.server.folder, 'data', 'spool-test.bad');
  const states = () => hook(page, 'check').evaluateAll((all) => all.map((it) => [it.dataset.check, it.dataset.status]));
  await page.goto('/doctor');
  await isLive(page);
  await appears(page, 'check', '[data-check="events"][data-status="OK"]');
  await appears(page, 'check', '[data-check="clock"][data-status="OK"]');
  const before = Object.fromEntries(await states());
  await writeFile(bad, 'what could not be read back');
  await world({ clockOffsetSeconds: 120 });
  const warned = hook(page, 'check', '[data-check="events"][data-status="WARN"]');
  await warned.waitFor(NEXT_REPORT);
  await warned.locator('.check__fix').getByText('.bad files').waitFor();
  const failed = hook(page, 'check', '[data-check="clock"][data-status="FAIL"]');
  await failed.waitFor(NEXT_REPORT);
  await failed.locator('.check__fix').getByText("set this machine's clock (NTP)").waitFor();
  assert.deepEqual(Object.fromEntries(await states()), { ...before, events: 'WARN', clock: 'FAIL' });
  await page.waitForFunction(() => document.title.startsWith('Doctor: something failed'));
  await look(page, 'doctor-bad');
  await rm(bad);
  await world({ clockOffsetSeconds: 0 });
  await hook(page, 'check', '[data-check="events"][data-status="OK"]').waitFor(NEXT_REPORT);
  await hook(page, 'check', '[data-check="clock"][data-status="OK"]').waitFor(NEXT_REPORT);
  assert.deepEqual(Object.fromEntries(await states()), before);
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
  const end = Date.now() + 1000;
  const isRefused = async () => (await ask(secret)).status === 401;
  while (!(await isRefused())) assert.ok(Date.now() < end, 'refused within a second');
  await page.goto('/tokens?show=all');
  await appears(page, 'token-row', '[data-state="revoked"]');
});

/** Another user: the way in, the visitor, and their page. */
let viewerLink;
let viewer;
let theirs;

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
  viewer = await Visitor.at(stage.browser, stage.server.origin);
  viewer.forgives(/status of 403/);
  ({ page: theirs } = await viewer.opens(new URL(viewerLink).pathname));
  await isLive(theirs);
  const wanted = [];
  theirs.on('request', (it) => wanted.push(it.postData() ?? ''));
  await reaches(['overview', 'messages', 'queue', 'webhooks', 'graphiql']);
  await isKeptFrom(['/doctor', '/simulator'], 'OPERATOR');
  await isKeptFrom(['/tokens', '/users', '/audit'], 'ADMIN');
  await look(theirs, 'forbidden');
  await theirs.goto('/webhooks');
  await hook(theirs, 'webhook-row').first().waitFor();
  await appears(theirs, 'replay-all', '[disabled]');
  assert.match(await hook(theirs, 'replay-all').getAttribute('title'), /Operator/);
  await hook(theirs, 'webhook-row').first().locator('a').first().click();
  await appears(theirs, 'webhook-form-forbidden');
  assert.ok(!wanted.some((it) => it.includes('webhookRefusals')), 'nor is it asked for what is refused anyway');
  viewer.findsNoFault();
});

/** What the rail names to the other user. */
async function reaches(words) {
  await appears(theirs, 'nav-graphiql');
  const links = await theirs.locator('.rail a[data-testid]').evaluateAll((all) => all.map((it) => it.dataset.testid));
  assert.deepEqual(links, words.map((it) => `nav-${it}`));
}

/** Pages that the other user may not read, for want of a role. */
async function isKeptFrom(paths, role) {
  for (const path of paths) {
    await theirs.goto(path);
    await hook(theirs, 'forbidden').getByText(new RegExp(`needs .*${role}`)).waitFor();
  }
}

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

/** The entries of the audit log, newest first. */
async function trail() {
  const query = '{ auditLog(first: 100) { nodes { id action actor actorName target before after } } }';
  return (await asked(page, query)).auditLog.nodes;
}

/** Does something by hand; one entry more tells who did it, to what kind of thing (by its id), and what changed. */
async function isWrittenDown(action, target, changed, act) {
  const before = new Set((await trail()).map((it) => it.id));
  await act();
  const { viewer: me } = await asked(page, '{ viewer { id name } }');
  let entries;
  await until(`${action} is written down`, async () => {
    entries = (await trail()).filter((it) => !before.has(it.id));
    return entries.length > 0;
  });
  const [entry] = entries;
  assert.deepEqual(entries.map((it) => [it.action, it.actor, it.actorName]), [[action, me.id, me.name]]);
  assert.equal(entry.target?.split('_')[0] ?? null, target, action);
  assert.deepEqual([entry.before, entry.after], changed, action);
}

stretch('each click that changes something is one entry of the audit log: who, about what, and what changed', async () => {
  const bulk = { lane: 'bulk', until: null, reason: 'stock-taking' };
  await isWrittenDown('pauseQueue', null, [{ paused: [] }, bulk], async () => {
    await page.goto('/queue');
    await hook(page, 'lane', '[data-lane="bulk"]').locator('[data-testid="lane-act"]').click();
    await page.locator('#pause-reason').fill('stock-taking');
    await hook(page, 'pause-submit').click();
    await appears(page, 'lane', '[data-lane="bulk"][data-state="paused"]');
  });
  await isWrittenDown('resumeQueue', null, [{ paused: [bulk] }, { lane: 'bulk' }], async () => {
    await hook(page, 'banner-resume').click();
    await hook(page, 'pause-banner').waitFor({ state: 'detached' });
  });
  await isWrittenDown('simulatorSend', null, [null, null], async () => {
    await page.goto('/simulator');
    await hook(page, 'simulator-body').fill('and then');
    await hook(page, 'simulator-send').click();
    await hook(page, 'phone-message', '[data-from="phone"]').filter({ hasText: 'and then' }).waitFor();
  });
  await isWrittenDown('sendMessage', 'msg', [null, { count: 1 }], async () => {
    await page.goto('/messages');
    await hook(page, 'send-message').click();
    await page.locator('#compose-to').fill(ASHA);
    await page.locator('#compose-body').fill('packed');
    await page.keyboard.press('Control+Enter');
    await hook(page, 'message-row').filter({ hasText: 'packed' }).waitFor();
  });
  const view = { name: 'theirs', query: 'status=read', isShared: false };
  await page.goto('/messages?status=read');
  await isWrittenDown('saveView', 'view', [null, view], async () => {
    await hook(page, 'save-view').click();
    await hook(page, 'view-form').getByLabel('Name').fill('theirs');
    await page.keyboard.press('Enter');
    await hook(page, 'views').getByRole('link', { name: 'theirs' }).waitFor();
  });
  await isWrittenDown('deleteView', 'view', [view, null], async () => {
    if (!(await hook(page, 'view-form').isVisible())) await hook(page, 'save-view').click();
    await page.getByRole('button', { name: 'Delete the view “theirs”' }).click();
    await hook(page, 'views').getByRole('link', { name: 'theirs' }).waitFor({ state: 'detached' });
  });
  const bijay = { name: 'Bijay', role: 'VIEWER', hasPassword: false, isDisabled: false };
  await page.goto('/users');
  await hook(page, 'user-row').filter({ hasText: 'Bijay' }).locator('a').first().click();
  await page.waitForURL('**/users/usr_*');
  await isWrittenDown('updateUser', 'usr', [bijay, { ...bijay, role: 'OPERATOR' }], async () => {
    await page.getByRole('radio', { name: 'Operator' }).check();
    await hook(page, 'profile').getByRole('button', { name: 'Save' }).click();
    await hook(page, 'toast').filter({ hasText: 'Saved.' }).waitFor();
  });
  viewer.forgives(/status of 401/);
  await isWrittenDown('revokeSession', 'ses', [{ user: page.url().split('/').at(-1) }, null], async () => {
    await hook(page, 'session-row').getByRole('button', { name: 'End' }).click();
    await hook(page, 'session-row').waitFor({ state: 'detached' });
  });
  await isWrittenDown('createSignInLink', 'usr', [null, null], async () => {
    await hook(page, 'make-link').click();
    await appears(page, 'one-time-link');
    viewerLink = (await page.locator('.secret bdi').textContent()).trim();
    await page.getByRole('button', { name: 'I have kept it' }).click();
  });
});

stretch('an operator sees one page more, acts, and is told what only an administrator reads', async () => {
  viewer.forgives(/status of 403/);
  await theirs.goto(new URL(viewerLink).pathname);
  await isLive(theirs);
  await reaches(['overview', 'messages', 'queue', 'webhooks', 'simulator', 'graphiql', 'doctor']);
  await isKeptFrom(['/tokens', '/users', '/audit'], 'ADMIN');
  await theirs.goto('/doctor');
  await appears(theirs, 'check', '[data-check="database"]');
  await theirs.goto('/webhooks');
  await appears(theirs, 'refusal');
  await appears(theirs, 'replay-all', ':not([disabled])');
  await hook(theirs, 'webhook-row').first().locator('a').first().click();
  await appears(theirs, 'webhook-form-forbidden');
  await theirs.goto('/messages');
  await appears(theirs, 'message-row');
  await appears(theirs, 'send-message', ':not([disabled])');
  viewer.findsNoFault();
  await viewer.context.close();
});

stretch('audit: each of those acts is one entry, with who and what changed; filters stand in the URL', async () => {
  await shows('/audit', 'Audit log', 'audit');
  for (const action of ['createToken', 'revokeToken', 'createUser', 'setPassword']) {
    await page.goto(`/audit?action=${action}`);
    await hook(page, 'audit-row').first().waitFor();
    assert.equal(await hook(page, 'audit-row').count(), 1, action);
  }
  await page.goto('/audit?action=updateUser');
  await hook(page, 'audit-row').getByRole('link', { name: 'admin', exact: true }).waitFor();
  await hook(page, 'audit-row').locator('.diff', { hasText: /role.*VIEWER.*OPERATOR/ }).waitFor();
  await page.goto('/audit?action=createToken');
  await hook(page, 'audit-row').locator('.diff ins').first().waitFor();
  await hook(page, 'filter-action').selectOption('createUser');
  await page.waitForURL('**/audit?action=createUser');
  await hook(page, 'audit-row').filter({ hasText: 'Invited a user' }).waitFor();
  await page.goBack();
  await hook(page, 'audit-row').filter({ hasText: 'Created a token' }).waitFor();
});
