// The log and a message's page in a real browser on the real server: filters, long lists, the reading lock, work on many
// messages, reasons and what helps. Prints the figures of its budgets.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Api } from './support/api.mjs';
import { inspect, photograph } from './support/looks.mjs';
import { stretches } from './support/stretch.mjs';
import { Visitor, launch } from './support/visitor.mjs';

const out = fileURLToPath(new URL('out/log', import.meta.url));
const ASHA = '+9779800000001';
const MANY = 100_000;
const LOAD_MS = 30_000;
let api;
let browser;
let operator;
let page;

before(async () => {
  api = await Api.start('log');
  browser = await launch();
  operator = await Visitor.at(browser, api.server.origin);
});

after(async () => {
  await browser?.close();
  await api?.server.remove();
});

const stretch = stretches(out, () => ({ browser, operator }));

const hook = (name, state = '') => page.locator(`[data-testid="${name}"]${state}`);
const rows = (state = '') => hook('message-row', state);
const scroller = () => hook('log-scroll');
const isLive = () => hook('live-indicator', '[data-state="live"]').first().waitFor();
const figure = (name, value) => console.log(`figure  ${name}: ${value}`);

const asked = (query, variables) => api.asked(query, variables);

/** Sends so many texts to Asha; answers their ids. */
async function sends(count, text, lane = 'NORMAL') {
  const query = `mutation ($input: SendMessagesInput!) { sendMessages(input: $input) {
    acceptedCount userErrors { message } results { message { id } userErrors { message } } } }`;
  const ids = [];
  for (let from = 0; from < count; from += 1000) {
    const size = Math.min(1000, count - from);
    const messages = Array.from({ length: size }, (_, n) => ({ to: ASHA, body: `${text} ${from + n + 1}`, lane }));
    const { sendMessages } = await asked(query, { input: { messages } });
    assert.equal(sendMessages.acceptedCount, size, JSON.stringify(sendMessages).slice(0, 400));
    ids.push(...sendMessages.results.map((it) => it.message.id));
  }
  return ids;
}

/** Changes how the simulated Twilio behaves. */
async function world(change) {
  const kept = JSON.parse(await readFile(join(api.server.folder, 'data', 'simulator.json'), 'utf8'));
  const text = JSON.stringify(kept);
  const base = /http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+/.exec(text)[0];
  const method = 'PATCH';
  const answer = await fetch(`${base}/simulator/world`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  assert.equal(answer.status, 200, await answer.text());
}

async function pause(lane, isPaused) {
  const what = isPaused ? `pauseQueue(lane: ${lane}, reason: "test")` : `resumeQueue(lane: ${lane})`;
  await asked(`mutation { ${what} { userErrors { message } } }`);
}

/** The message's status, once it is one of these. */
async function settles(id, ...statuses) {
  for (let turn = 0; turn < 100; turn += 1) {
    const { message } = await asked('query ($id: ID!) { message(id: $id) { status twilioSid } }', { id });
    if (statuses.includes(message.status)) return message;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${id} did not become ${statuses}`);
}

/** The list rests: nothing is being read. */
const rests = () => page.waitForFunction(() => !document.querySelector('.log-panel[aria-busy="true"]'));

/** Nobody reads: pointer away, focus nowhere, no input for longer than the lock asks. */
async function leavesAlone() {
  await page.mouse.move(2, 400);
  await page.evaluate(() => document.activeElement?.blur());
  await page.waitForTimeout(3300);
}

stretch('an empty log says what it is for; the first messages enter by themselves', async () => {
  ({ page } = await operator.opens(api.server.signInLink));
  await isLive();
  await page.goto('/messages');
  await page.getByText('No messages yet').waitFor();
  await photograph(page, out, 'log-empty');
  await api.writes('hi');
  await rows().first().waitFor();
});

stretch('a few failures and many more: the seed', async () => {
  await world({ outcome: { status: 'failed', errorCode: 63016, next: 3 } });
  const failed = await sends(3, 'late answer');
  for (const id of failed) await settles(id, 'FAILED');
  await sends(4, 'delivered order');
  await pause('BULK', true);
  const begun = performance.now();
  await sends(MANY, 'campaign', 'BULK');
  figure('seeding', `${MANY} messages in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
});

stretch('each filter makes the round from URL to chips to result, and back and forward restore it', async () => {
  for (const [query, chips, wrong] of [
    ['status=failed', ['Status: Failed'], ':not([data-status="FAILED"])'],
    ['status=-failed,-queued', ['Not: Failed', 'Not: Queued'], ':is([data-status="FAILED"],[data-status="QUEUED"])'],
    ['dir=in', ['Direction: in'], ':not([data-direction="INBOUND"])'],
    ['lane=bulk', ['Lane: Bulk'], ':not([data-status="QUEUED"])'],
    ['code=63016', ['Error: 63016'], ':not([data-status="FAILED"])'],
    ['q=delivered%20order&from=-24h', ['Text: “delivered order”', 'Since: 24h ago'], ':not([data-direction="OUTBOUND"])'],
    ['address=%2B9779800000001', ['Contact: +9779800000001'], ':not([data-id])'],
  ]) {
    await page.goto(`/messages?${query}`);
    await rows().first().waitFor();
    for (const chip of chips) await page.locator('.chip', { hasText: chip }).waitFor();
    assert.equal(await page.locator('.chip').count(), chips.length, query);
    assert.equal(await rows(wrong).count(), 0, query);
    assert.ok(page.url().endsWith(`/messages?${query}`), page.url());
  }
  await page.goto('/messages');
  await rows().first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('status:failed code:63016 "late answer"');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/messages?status=failed&code=63016&q=%22late%20answer%22');
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=message-row]').length === 3);
  await page.locator('.chip', { hasText: 'Error: 63016' }).click();
  await page.goBack();
  await page.locator('.chip', { hasText: 'Error: 63016' }).waitFor();
});

stretch('what matches nothing names the chip that takes away the most', async () => {
  await page.goto('/messages?status=failed&dir=in');
  const button = hook('without-chip');
  await button.waitFor();
  await button.filter({ hasText: /Without “Direction: in”: 3 messages/ }).waitFor();
  await photograph(page, out, 'log-filtered-empty');
  await inspect(page, 'log-filtered-empty');
});

stretch('values stand beside their counts; columns and density are remembered', async () => {
  await page.goto('/messages');
  await rows().first().waitFor();
  await hook('filter-status').click();
  await page.locator('.menu__option', { hasText: 'Queued' }).locator('.menu__count', { hasText: /[\d,.]+/ }).waitFor();
  await photograph(page, out, 'log-menu');
  await page.keyboard.press('Escape');
  await hook('columns').click();
  await page.locator('.menu__option', { hasText: 'Twilio SID' }).locator('input').check();
  await page.locator('.menu__option', { hasText: 'Compact' }).locator('input').check();
  await page.keyboard.press('Escape');
  await page.reload();
  await page.locator('th', { hasText: 'Twilio SID' }).waitFor();
  const height = () => rows().first().evaluate((it) => it.getBoundingClientRect().height);
  assert.equal(await height(), 28);
  await hook('columns').click();
  await page.locator('.menu__option', { hasText: 'Twilio SID' }).locator('input').uncheck();
  await page.locator('.menu__option', { hasText: 'Default' }).locator('input').check();
  await page.keyboard.press('Escape');
  assert.equal(await height(), 36);
});

stretch('an export is the very filter', async () => {
  await page.goto('/messages?status=failed');
  await rows().first().waitFor();
  await hook('export').click();
  const href = await hook('export-ndjson').getAttribute('href');
  const text = await page.evaluate(async (it) => (await fetch(it)).text(), href);
  const lines = text.trim().split('\n').map((it) => JSON.parse(it));
  assert.equal(lines.length, 3);
  assert.ok(lines.every((it) => it.status === 'FAILED'));
  assert.match(await hook('export-csv').getAttribute('href'), /^\/api\/v1\/messages\.csv\?status=failed$/);
  await page.keyboard.press('Escape');
});

stretch('a long list scrolls from end to end with few elements', async () => {
  await page.goto('/messages');
  await rows().first().waitFor();
  const result = await page.evaluate(async () => {
    const list = document.querySelector('[data-testid=log-scroll]');
    const count = () => document.querySelectorAll('.log__rows tr').length;
    const frames = [];
    let most = 0;
    let last = performance.now();
    // A hand on the wheel: 90 px a frame, so that pages are read on the way.
    for (let turn = 0; turn < 300; turn += 1) {
      list.scrollTop += 90;
      await new Promise((done) => requestAnimationFrame(done));
      const now = performance.now();
      frames.push(now - last);
      last = now;
      most = Math.max(most, count());
    }
    frames.sort((a, b) => a - b);
    return { most, p50: frames[150], p95: frames[285], worst: frames[299], height: list.scrollHeight };
  });
  figure('rows in the DOM', result.most);
  figure('frames while scrolling', `p50 ${result.p50.toFixed(1)} ms, p95 ${result.p95.toFixed(1)} ms, worst ${result.worst.toFixed(1)} ms`);
  assert.ok(result.most <= 120, `${result.most} rows`);
  assert.ok(result.height > MANY * 36, `${result.height} px for ${MANY} rows`);
  await page.waitForFunction(() => {
    const shown = [...document.querySelectorAll('[data-testid=message-row]')];
    const box = document.querySelector('[data-testid=log-scroll]').getBoundingClientRect();
    const seen = shown.filter((it) => it.getBoundingClientRect().bottom > box.top && it.getBoundingClientRect().top < box.bottom);
    return seen.length * 36 > box.height - 80;
  });
});

stretch('the middle and the end are a jump away; rows stand in their order', async () => {
  const seen = () =>
    page.evaluate(() => {
      const box = document.querySelector('[data-testid=log-scroll]').getBoundingClientRect();
      const all = [...document.querySelectorAll('[data-testid=message-row]')];
      const inside = all.filter((it) => it.getBoundingClientRect().top >= box.top && it.getBoundingClientRect().bottom <= box.bottom);
      return inside.map((it) => Number(it.getAttribute('aria-rowindex')));
    });
  for (const part of [0.5, 1, 0.25, 0]) {
    await scroller().evaluate((it, share) => {
      it.scrollTop = (it.scrollHeight - it.clientHeight) * share;
    }, part);
    await page.waitForTimeout(250);
    await page.waitForFunction(() => {
      const box = document.querySelector('[data-testid=log-scroll]').getBoundingClientRect();
      const all = [...document.querySelectorAll('[data-testid=message-row]')].map((it) => it.getBoundingClientRect());
      return all.filter((it) => it.bottom > box.top && it.top < box.bottom).length * 36 > box.height - 110;
    });
    const indices = await seen();
    assert.deepEqual(indices, [...indices].sort((a, b) => a - b), `order at ${part}`);
  }
  await page.keyboard.press('j');
  await page.waitForFunction(() => document.activeElement?.matches('[data-testid=message-row]'));
  await page.keyboard.press('End');
  await page.waitForFunction(() => {
    const { activeElement: it } = document;
    return it.matches('[data-testid=message-row]') && Number(it.getAttribute('aria-rowindex')) > 100_000;
  });
  await rows('[data-direction="INBOUND"]').filter({ hasText: 'hi' }).waitFor();
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-rowindex') === '2');
});

stretch('the time scrubber jumps by keys', async () => {
  const slider = hook('time-scrubber');
  await slider.focus();
  await page.keyboard.press('End');
  await rows('[data-direction="INBOUND"]').filter({ hasText: 'hi' }).first().waitFor();
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.querySelector('[data-testid=log-scroll]').scrollTop < 400);
});

stretch('a view is kept under a name, found again by a link, shown to everybody, and deleted', async () => {
  await page.goto('/messages?status=failed&dir=out');
  await hook('save-view').click();
  const form = hook('view-form');
  await form.waitFor();
  await photograph(page, out, 'log-save-view');
  await inspect(page, 'log-save-view');
  if (!(await form.isVisible())) await hook('save-view').click();
  await form.getByLabel('Name').fill('बिग्रेका');
  await form.getByLabel('Everybody sees it').check();
  await page.keyboard.press('Enter');
  const views = hook('views');
  const link = views.getByRole('link', { name: 'बिग्रेका' });
  await link.waitFor();
  assert.equal(await link.getAttribute('aria-current'), 'true');
  await page.goto('/messages');
  await link.click();
  await page.waitForURL('**/messages?status=failed&dir=out');
  const { savedViews } = await asked('{ savedViews { name query isOwn } }');
  assert.deepEqual(savedViews, [{ name: 'बिग्रेका', query: 'status=failed&dir=out', isOwn: false }]);
  await hook('save-view').click();
  await page.getByRole('button', { name: 'Delete the view “बिग्रेका”' }).click();
  await link.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
});

stretch('a reader in the list sees nothing move; the pill counts exactly, and the dot shows', async () => {
  await page.goto('/messages');
  await isLive();
  await rows().first().waitFor();
  await scroller().evaluate((it) => {
    it.scrollTop = 720;
  });
  await page.waitForTimeout(400);
  const top = () =>
    page.evaluate(() => {
      const box = document.querySelector('[data-testid=log-scroll]').getBoundingClientRect();
      const all = [...document.querySelectorAll('[data-testid=message-row]')];
      const inside = all.filter((it) => it.getBoundingClientRect().top >= box.top + 36);
      inside.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
      return { id: inside[0].dataset.id, top: inside[0].getBoundingClientRect().top };
    });
  const earlier = await top();
  await pause('NORMAL', true);
  for (let turn = 0; turn < 9; turn += 1) {
    // 500 a second.
    await Promise.all([sends(100, 'a flood', 'BULK'), page.waitForTimeout(200)]);
  }
  await sends(150, 'while reading');
  await hook('show-new', '[data-count="1050"]').waitFor();
  const later = await top();
  assert.equal(later.id, earlier.id);
  assert.ok(Math.abs(later.top - earlier.top) <= 1, `${later.top - earlier.top} px`);
  await photograph(page, out, 'log-pill');
  await inspect(page, 'log-pill');
  await page.keyboard.press('.');
  await rows().first().filter({ hasText: 'while reading 150' }).waitFor();
  assert.equal(await hook('show-new').count(), 0);
});

stretch('a status changes in its place', async () => {
  const first = rows().first();
  const id = await first.getAttribute('data-id');
  await page.mouse.move(700, 600);
  await pause('NORMAL', false);
  await rows(`[data-id="${id}"][data-status="READ"]`).waitFor({ timeout: 60_000 });
  assert.equal(await rows().first().getAttribute('data-id'), id);
});

stretch('at the top and idle, new rows enter by themselves', async () => {
  await leavesAlone();
  await sends(2, 'by itself');
  await rows().first().filter({ hasText: 'by itself' }).waitFor();
});

stretch('paused means no request at all, not even when the tab comes back', async () => {
  await page.keyboard.press('l');
  await hook('live-indicator', '[data-state="paused"]').waitFor();
  const requests = [];
  const note = (request) => requests.push(request.url());
  page.on('request', note);
  await sends(3, 'unseen');
  await page.evaluate(() => {
    globalThis.dispatchEvent(new Event('focus'));
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    globalThis.dispatchEvent(new Event('online'));
  });
  await page.waitForTimeout(12_000);
  page.off('request', note);
  assert.deepEqual(requests, []);
  figure('requests in 12 s of pause', requests.length);
  assert.equal(await rows().filter({ hasText: 'unseen' }).count(), 0);
  await page.keyboard.press('l');
  await page.waitForFunction(() => {
    const pill = document.querySelector('[data-testid=show-new]');
    return pill?.dataset.count === '3' || /unseen 3/.test(document.querySelector('[data-testid=message-row]')?.textContent ?? '');
  });
  await page.keyboard.press('.');
  await rows().first().filter({ hasText: 'unseen 3' }).waitFor();
});

stretch('hundreds of events a second leave the main thread free, and the page says what the server says in the end', async () => {
  await page.goto('/messages');
  await isLive();
  await rows().first().waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const metrics = async () => {
    const { metrics: all } = await session.send('Performance.getMetrics');
    return Object.fromEntries(all.map((it) => [it.name, it.value]));
  };
  let events = 0;
  session.on('Network.webSocketFrameReceived', () => {
    events += 1;
  });
  await session.send('Network.enable');
  const begun = await metrics();
  for (const until = performance.now() + LOAD_MS; performance.now() < until; ) {
    // New messages by the hundred, and some that leave: their statuses change under the reader's eyes.
    await Promise.all([sends(100, 'load', 'BULK'), sends(2, 'told', 'NORMAL'), page.waitForTimeout(200)]);
  }
  const ended = await metrics();
  const wall = ended.Timestamp - begun.Timestamp;
  const share = ((ended.TaskDuration - begun.TaskDuration) / wall) * 100;
  figure('events', `${(events / wall).toFixed(0)} a second`);
  figure('main thread under load', `${share.toFixed(1)} % busy`);
  figure('heap', `${((ended.JSHeapUsedSize - begun.JSHeapUsedSize) / 1e6).toFixed(1)} MB more after ${wall.toFixed(0)} s`);
  await session.detach();

  // In the end the page says what the server says, row for row.
  const seen = () => rows().evaluateAll((all) => all.map((it) => [it.dataset.id, it.dataset.status]));
  const stored = async (ids) => {
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Message { id status } } }';
    return (await asked(query, { ids })).nodes.map((it) => [it.id, it.status]);
  };
  for (let turn = 0; ; turn += 1) {
    const shown = await seen();
    const known = await stored(shown.map(([id]) => id));
    if (JSON.stringify(shown) === JSON.stringify(known)) break;
    if (turn === 50) assert.deepEqual(shown, known);
    await page.waitForTimeout(200);
  }
});

stretch('keys: walk, select, range, peek, and back to the list', async () => {
  await page.goto('/messages?status=failed,queued');
  await rows().nth(5).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  await hook('selection-bar').filter({ hasText: '3 selected' }).waitFor();
  assert.equal(await rows('[aria-selected="true"]').count(), 3);
  await page.keyboard.press('Escape');
  await hook('selection-bar').waitFor({ state: 'detached' });
  await page.keyboard.press('j');
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-rowindex') === '5');
  const id = await page.evaluate(() => document.activeElement.dataset.id);
  await page.keyboard.press('Space');
  await hook('peek').waitFor();
  await page.waitForURL((url) => url.searchParams.get('peek') === id);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.id), id);
  await page.locator(`.peek__body[data-id="${id}"]`).waitFor();
  await page.keyboard.press('k');
  await page.locator(`.peek__body:not([data-id="${id}"])`).waitFor();
  await photograph(page, out, 'log-peek');
  await inspect(page, 'log-peek');
  await page.keyboard.press('Escape');
  await hook('peek').waitFor({ state: 'detached' });
});

stretch('why: the key opens the reason beside the list, with owner, next step and facts', async () => {
  await page.goto('/messages?status=failed');
  await rows().first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('w');
  const why = page.locator('.peek [data-testid="why"][data-code="63016"]');
  await why.waitFor();
  await why.getByText('Who acts').waitFor();
  await why.getByText('Next step').waitFor();
  await hook('why-window').filter({ hasText: 'last wrote' }).waitFor();
  await hook('why-others').filter({ hasText: /2 others failed this way/ }).waitFor();
});

stretch('everything that matches is sent again: exactly so many, followed to the end, also after a reload', async () => {
  await page.goto('/messages?status=failed,read');
  await rows().first().waitFor();
  const { messages } = await asked('{ messages(filter: { status: [FAILED, READ] }) { totalCount { value } } }');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await hook('select-all').click();
  await hook('selection-bar').filter({ hasText: 'matching selected' }).waitFor();
  await page.keyboard.press('r');
  await hook('bulk-will', '[data-count="3"]').waitFor();
  await hook('bulk-rest').filter({ hasText: 'Read' }).waitFor();
  assert.ok(messages.totalCount.value > 3);
  await photograph(page, out, 'log-bulk');
  await inspect(page, 'log-bulk');
  await hook('bulk-confirm').click();
  await hook('tray-job').first().waitFor();
  await hook('tray-job').first().getByRole('link').click();
  await page.waitForURL('**/jobs/job_*');
  await hook('job', '[data-state="done"]').waitFor();
  assert.equal(await hook('job-done').innerText(), '3');
  await page.reload();
  await hook('job', '[data-state="done"]').waitFor();
  await photograph(page, out, 'job');
  await inspect(page, 'job');
});

stretch('more than a thousand are typed, not clicked; what has not left can be taken back', async () => {
  // 99, 990 to 999, and so on: with 100,000 in all these are 1,111.
  await page.goto('/messages?status=queued&q=%22campaign%2099%22');
  await rows().first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await hook('select-all').click();
  await hook('selection-bar').filter({ hasText: 'matching selected' }).waitFor();
  await hook('bulk-cancel').click();
  const will = hook('bulk-will');
  await will.waitFor();
  const count = Number(await will.getAttribute('data-count'));
  assert.ok(count > 1000, `${count} queued`);
  assert.ok(await hook('bulk-confirm').isDisabled());
  await page.locator('#bulk-number').fill(String(count));
  await hook('bulk-confirm').click();
  await hook('bulk-dialog').waitFor({ state: 'hidden', timeout: 60_000 });
  const { messages } = await asked('{ messages(filter: { status: [CANCELED] }) { totalCount { value } } }');
  assert.equal(messages.totalCount.value, count);
});

stretch('a message by its id and by its SID; its parts by tabs; out of order is marked and never goes back', async () => {
  await world({ callbacks: { order: 'reversed' } });
  const [id] = await sends(1, 'out of order');
  const { twilioSid } = await settles(id, 'READ');
  await world({ callbacks: null });
  await page.goto(`/messages/${twilioSid}`);
  await page.waitForURL(`**/messages/${id}`);
  await hook('message-status', '[data-status="READ"]').waitFor();
  await hook('timeline-event', '[data-kind="CALLBACK"]').nth(2).waitFor();
  const times = await page.locator('.timeline time').evaluateAll((all) => all.map((it) => Date.parse(it.dateTime)));
  assert.deepEqual(times, [...times].sort((a, b) => a - b));
  await page.locator('.event__flag').first().waitFor();
  await photograph(page, out, 'message-timeline');
  await inspect(page, 'message-timeline');
  for (const [tab, testid] of [
    ['http', 'exchange'],
    ['raw', 'raw'],
    ['related', 'related-message'],
  ]) {
    await hook(`tab-${tab}`).click();
    await page.waitForURL(`**/messages/${id}?tab=${tab}`);
    await hook(testid).first().waitFor();
    // The bar at the foot of a phone covers a part of whatever stands there: that is no small target.
    if (tab !== 'http') await inspect(page, `message-${tab}`);
    await photograph(page, out, `message-${tab}`);
  }
  await hook('tab-audit').click();
  await hook('audit-entry').filter({ hasText: 'sendMessages' }).waitFor();
  const content = await page.content();
  assert.ok(!/auth[_-]?token["': ]+[0-9a-f]{32}/i.test(content));
});

stretch('63016: the reason, and the button that sends a template instead', async () => {
  await world({ outcome: { status: 'failed', errorCode: 63016, next: 1 } });
  const [id] = await sends(1, 'too late');
  await settles(id, 'FAILED');
  await page.goto(`/messages/${id}`);
  await hook('why', '[data-code="63016"]').waitFor();
  await photograph(page, out, 'message-why');
  await inspect(page, 'message-why');
  await hook('fix-template').click();
  await hook('template-preview').waitFor();
  await photograph(page, out, 'message-template');
  await inspect(page, 'message-template');
  const fields = page.locator('[id^="template-variable-"]');
  for (let n = 0; n < (await fields.count()); n += 1) await fields.nth(n).fill(`value ${n + 1}`);
  await hook('template-send').click();
  await page.waitForURL((url) => /\/messages\/msg_/.test(url.pathname) && !url.pathname.endsWith(id));
  await hook('message-status', '[data-status="READ"]').waitFor();
});

stretch('UNCONFIRMED tells its evidence and offers no Retry', async () => {
  await world({ answer: { kind: 'drop', next: 1 } });
  const [id] = await sends(1, 'perhaps');
  await settles(id, 'UNCONFIRMED');
  await page.goto(`/messages/${id}`);
  await hook('evidence').filter({ hasText: 'No callback' }).waitFor();
  assert.equal(await hook('retry').count(), 0);
  await photograph(page, out, 'message-unconfirmed');
  await hook('tab-audit').click();
  await hook('audit-entry').first().waitFor();
});

stretch('brackets walk the list one came from; r asks before it sends again', async () => {
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

stretch('the log as it looks', async () => {
  await page.goto('/messages');
  await rows().first().waitFor();
  await photograph(page, out, 'log');
  await inspect(page, 'log');
  for (const [id, words] of [
    ['msg_00000000000000000000000000', 'retention period'],
    ['SM00000000000000000000000000000000', 'another program'],
    ['nonsense', 'mistyped'],
  ]) {
    await page.goto(`/messages/${id}`);
    await hook('message-not-found').filter({ hasText: words }).waitFor();
  }
});
