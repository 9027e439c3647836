// A message's page in a real browser: its parts, why it failed and what helps.
import assert from 'node:assert/strict';
import { inspect, photograph } from './support/looks.mjs';
import { holdsNone, secretsOf } from './support/secrets.mjs';
import { suite } from './support/suite.mjs';
import { ASHA, Traffic } from './support/traffic.mjs';
import { hook as hookOf, isLive, withholds } from './support/visitor.mjs';

let api;
let page;

const { out, stage, stretch } = suite('message', async () => {
  api = await Traffic.of(stage.server);
});

const hook = (name, state) => hookOf(page, name, state);
const rows = (state) => hook('message-row', state);

stretch('somebody wrote', async () => {
  ({ page } = await stage.operator.opens(stage.server.signInLink));
  await isLive(page);
  await api.hears(ASHA, 'Asha', 'hi');
});

stretch('a message by its id and by its SID; its parts by tabs; out of order is marked and never goes back', async () => {
  await api.world({ callbacks: { order: 'reversed' } });
  const [id] = await api.sends(1, 'out of order');
  const { twilioSid } = await api.settles(id, 'READ');
  await api.world({ callbacks: null });
  const secrets = await secretsOf(api, stage.operator);
  const answers = [];
  const note = (response) => {
    // What the page before still waited for goes with it.
    if (response.url().endsWith('/graphql')) answers.push(response.text().catch(() => ''));
  };
  page.on('response', note);
  await page.goto(`/messages/${twilioSid}`);
  await page.waitForURL(`**/messages/${id}`);
  await hook('message-status', '[data-status="READ"]').waitFor();
  await hook('timeline-event', '[data-kind="CALLBACK"]').nth(2).waitFor();
  // All three are in, READ before the others: it stays.
  assert.equal(await hook('message-status').getAttribute('data-status'), 'READ');
  assert.equal((await api.stored(id)).status, 'READ');
  const times = await page.locator('.timeline time').evaluateAll((all) => all.map((it) => Date.parse(it.dateTime)));
  assert.deepEqual(times, [...times].sort((a, b) => a - b));
  await page.locator('.event__flag').first().waitFor();
  holdsNone(secrets, await page.content(), 'timeline');
  await photograph(page, out, 'message-timeline');
  await inspect(page, 'message-timeline');
  for (const [tab, testid] of [
    ['http', 'exchange'],
    ['raw', 'raw'],
    ['related', 'related-message'],
    ['audit', 'audit-entry'],
  ]) {
    await hook(`tab-${tab}`).click();
    await page.waitForURL(`**/messages/${id}?tab=${tab}`);
    await hook(testid).first().waitFor();
    holdsNone(secrets, await page.content(), tab);
    if (tab === 'audit') continue;
    // The bar at the foot of a phone covers a part of whatever stands there: that is no small target.
    if (tab !== 'http') await inspect(page, `message-${tab}`);
    await photograph(page, out, `message-${tab}`);
  }
  await hook('audit-entry').filter({ hasText: 'sendMessages' }).waitFor();
  const read = await Promise.all(answers);
  page.off('response', note);
  assert.ok(read.some((it) => it.includes(twilioSid)), 'answers are seen');
  holdsNone(secrets, read.join('\n'), 'answers of the server');
  // A tab is part of the address, and a short link leads to the same message.
  await page.goto(`/messages/${id}?tab=http`);
  await hook('exchange').first().waitFor();
  await page.reload();
  await hook('exchange').first().waitFor();
  assert.equal(await hook('tab-http').getAttribute('aria-selected'), 'true');
  assert.ok(page.url().endsWith(`/messages/${id}?tab=http`), page.url());
  await page.goto(`/messages/${twilioSid}?tab=http`);
  await page.waitForURL(`**/messages/${id}?tab=http`);
  // So is one event.
  await page.goto(`/messages/${id}`);
  await hook('timeline-event').first().getByRole('link', { name: /^Link to event \d+/ }).click();
  await hook('timeline-event', '.is-meant').waitFor();
  assert.match(page.url(), /\?event=\d+$/);
  await page.reload();
  await hook('timeline-event', '.is-meant').waitFor();
  assert.equal(await hook('timeline-event', '[aria-current]').count(), 1);
  await page.goto(`/m/${id}`);
  await hook('message-detail').waitFor();
  await page.locator('.facts', { hasText: id }).waitFor();
});

stretch('63016: the reason, and the button that sends a template instead', async () => {
  await api.world({ outcome: { status: 'failed', errorCode: 63016, next: 1 } });
  const [id] = await api.sends(1, 'too late');
  await api.settles(id, 'FAILED');
  await page.goto(`/messages/${id}`);
  const why = hook('why', '[data-code="63016"]');
  await why.getByRole('heading', { name: 'The 24-hour reply window was closed' }).waitFor();
  const says = (label) => why.locator(`dt:text-is("${label}") + dd`).innerText();
  assert.equal(await says('Who acts'), 'You');
  assert.equal(await says('Next step'), 'Send an approved template, or wait until they write');
  await photograph(page, out, 'message-why');
  await inspect(page, 'message-why');
  // Left before the templates are here, the dialog breaks nothing.
  const templates = await withholds(page, 'TemplatesQuery');
  await hook('fix-template').click();
  await templates.isAsked;
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await hook('nav-messages').click();
  await hook('message-detail').waitFor({ state: 'detached' });
  await templates.letsGo();
  await page.goBack();
  await hook('fix-template').click();
  await hook('template-preview').waitFor();
  await photograph(page, out, 'message-template');
  await inspect(page, 'message-template');
  const template = await page.locator('#template-choice').inputValue();
  const fields = page.locator('[id^="template-variable-"]');
  const values = [];
  for (const field of await fields.all()) {
    values.push(`value ${values.length + 1}`);
    await field.fill(values.at(-1));
    await field.blur();
  }
  await hook('template-preview').filter({ hasText: values.at(-1) }).waitFor();
  const preview = (await hook('template-preview').innerText()).trim();
  await hook('template-send').click();
  await page.waitForURL((url) => /\/messages\/msg_/.test(url.pathname) && !url.pathname.endsWith(id));
  await hook('message-status', '[data-status="READ"]').waitFor();
  const sent = await api.stored(new URL(page.url()).pathname.split('/').at(-1));
  assert.equal(sent.contentSid, template);
  assert.deepEqual(Object.values(sent.contentVariables), values);
  // The text is the provider's to make: what the phone shows is what was promised.
  const query = 'query ($address: String!) { simulator { phone(address: $address) { messages { sid body } } } }';
  const { phone } = (await api.asked(query, { address: ASHA })).simulator;
  assert.equal(phone.messages.find((it) => it.sid === sent.twilioSid).body, preview);
});

stretch('UNCONFIRMED tells its evidence and offers no Retry', async () => {
  await api.world({ answer: { kind: 'drop', next: 1 } });
  const [id] = await api.sends(1, 'perhaps');
  await api.settles(id, 'UNCONFIRMED');
  await page.goto(`/messages/${id}`);
  await hook('evidence').filter({ hasText: 'No callback' }).waitFor();
  assert.equal(await hook('retry').count(), 0);
  await photograph(page, out, 'message-unconfirmed');
  await hook('tab-audit').click();
  await hook('audit-entry').first().waitFor();
});

stretch('brackets walk the list one came from; r asks before it sends again', async () => {
  await api.pause('BULK', true);
  await api.sends(4, 'never mind', 'BULK');
  const query = 'mutation { cancelMessages(filter: { lane: BULK }) { canceledCount } }';
  assert.equal((await api.asked(query)).cancelMessages.canceledCount, 4);
  await page.goto('/messages?status=canceled');
  await rows().nth(3).waitFor();
  const ids = await rows().evaluateAll((all) => all.map((it) => it.dataset.id));
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/messages/${ids[0]}`);
  await hook('message-detail').waitFor();
  await page.keyboard.press(']');
  await page.waitForURL(`**/messages/${ids[1]}`);
  await page.locator('.facts', { hasText: ids[1] }).waitFor();
  await page.keyboard.press('[');
  await page.waitForURL(`**/messages/${ids[0]}`);
  await page.locator('.facts', { hasText: ids[0] }).waitFor();
  await page.keyboard.press('r');
  await hook('retry-confirm').waitFor();
  await page.keyboard.press('Escape');
});
