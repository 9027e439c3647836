// The log and a message's page in a real browser on the real server: filters, long lists, the reading lock, work on many
// messages, reasons and what helps. Prints the figures of its budgets.
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Api } from './support/api.mjs';
import { inspect, photograph } from './support/looks.mjs';
import { holdsNone, secretsOf } from './support/secrets.mjs';
import { stretches } from './support/stretch.mjs';
import { Visitor, launch } from './support/visitor.mjs';

const out = fileURLToPath(new URL('out/log', import.meta.url));
const ASHA = '+9779800000001';
const RAVI = '+9779800000002';
const MANY = 100_000;
const LOAD_MS = 30_000;
/** So many rows are in sight wherever the list stands; those beyond come and go. */
const TOP = 15;
let api;
let browser;
let operator;
let page;
let tooLate;

before(async () => {
  await rm(out, { recursive: true, force: true });
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

/** Sends so many texts; answers their ids. */
async function sends(count, text, lane = 'NORMAL', to = ASHA) {
  const ids = [];
  for (let from = 0; from < count; from += 500) {
    const size = Math.min(500, count - from);
    const messages = Array.from({ length: size }, (_, n) => ({ to, body: `${text} ${from + n + 1}`, lane }));
    ids.push(...(await accepted(messages)));
  }
  return ids;
}

/** Has all of them accepted. A server on a busy machine may say that nothing was sent, and to try again. */
async function accepted(messages) {
  const query = `mutation ($input: SendMessagesInput!) { sendMessages(input: $input) {
    acceptedCount userErrors { message } results { message { id } userErrors { message } } } }`;
  for (let turn = 0; ; turn += 1) {
    const { sendMessages: answer } = await asked(query, { input: { messages } });
    if (answer.acceptedCount === messages.length) return answer.results.map((it) => it.message.id);
    const isBusy = ({ userErrors }) => userErrors.some((it) => it.message.includes('nothing was sent; try again'));
    const maySendAgain = answer.results.length > 0 && answer.results.every(isBusy);
    assert.ok(maySendAgain && turn < 20, JSON.stringify(answer).slice(0, 400));
    await new Promise((done) => setTimeout(done, 250));
  }
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

/** The message as the server has it. */
async function stored(id) {
  const fields = 'status twilioSid attemptCount contentSid contentVariables createdAt';
  return (await asked(`query ($id: ID!) { message(id: $id) { ${fields} } }`, { id })).message;
}

/** Looks again and again until it is so. */
async function holds(check) {
  for (let turn = 0; ; turn += 1) {
    try {
      return await check();
    } catch (error) {
      if (turn === 150) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

/** The message, once its status is this. */
const settles = (id, status) =>
  holds(async () => {
    const message = await stored(id);
    assert.equal(message.status, status, id);
    return message;
  });

/** What the server's list begins with. */
async function served(filter, first = TOP) {
  const query = `query ($filter: MessageFilter, $first: Int) {
    messages(filter: $filter, first: $first) { nodes { id status } } }`;
  return (await asked(query, { filter, first })).messages.nodes;
}

const idsOf = (messages) => messages.map((it) => it.id);

/** What a visit shows and must show again: address, chips, the first rows, and what is peeked at. */
const state = () =>
  page.evaluate((top) => {
    const texts = (selector) => [...document.querySelectorAll(selector)].map((it) => it.textContent.trim());
    const place = (it) => Number(it.getAttribute('aria-rowindex'));
    const drawn = [...document.querySelectorAll('[data-testid=message-row]')].sort((a, b) => place(a) - place(b));
    const ids = drawn.slice(0, top).map((it) => it.dataset.id);
    const peek = document.querySelector('.peek__body')?.dataset.id ?? null;
    return { address: location.pathname + location.search, chips: texts('.chip'), ids, peek };
  }, TOP);

const shows = (wanted) => holds(async () => assert.deepEqual(await state(), wanted));

/** Everything that a scroll or an answer asked for so far is drawn. */
const isDrawn = () =>
  page.evaluate(async () => {
    for (let n = 0; n < 3; n += 1) await new Promise((done) => requestAnimationFrame(done));
  });

/** Watches a row in every frame; the answer ends that, and tells how far it ever was from where it stood. */
async function watches(id) {
  await page.evaluate((it) => {
    const list = document.querySelector('[data-testid=log-scroll]');
    const top = () => list.querySelector(`[data-id="${it}"]`)?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY;
    const begun = top();
    const seen = { frames: 0, worst: 0 };
    const look = () => {
      if (globalThis.watched !== seen) return;
      seen.frames += 1;
      seen.worst = Math.max(seen.worst, Math.abs(top() - begun));
      requestAnimationFrame(look);
    };
    globalThis.watched = seen;
    requestAnimationFrame(look);
  }, id);
  return () =>
    page.evaluate(() => {
      const { watched } = globalThis;
      globalThis.watched = null;
      return watched;
    });
}

/** Selects everything that matches; answers how many that are. */
async function selectsAll() {
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await hook('select-all').click();
  const count = hook('selection-bar').locator('.picked__count').filter({ hasText: 'matching selected' });
  return numberIn(await count.innerText());
}

/** The first number of a text. */
const numberIn = (text) => Number(/[\d,]+/.exec(text)[0].replaceAll(',', ''));

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
  tooLate = failed;
  for (const id of failed) await settles(id, 'FAILED');
  await world({ outcome: { status: 'undelivered', errorCode: 63024, next: 1 } });
  const [unreached] = await sends(1, 'nobody there');
  await settles(unreached, 'UNDELIVERED');
  await sends(4, 'delivered order');
  await pause('BULK', true);
  const begun = performance.now();
  await sends(MANY, 'campaign', 'BULK');
  figure('seeding', `${MANY} messages in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  // Somebody else stands on top: a filter that does nothing would show these two.
  const query = 'mutation ($input: SimulatorSendInput!) { simulatorSend(input: $input) { userErrors { message } } }';
  await asked(query, { input: { from: RAVI, name: 'Ravi', body: 'namaste' } });
  await holds(async () => assert.equal((await served({ address: RAVI, status: ['READ'] })).length, 1));
});

stretch('each filter makes the round from URL to chips to result, and back, forward and reload restore it', async () => {
  const all = idsOf(await served({}));
  const [{ id: newest }] = await served({ address: ASHA }, 1);
  const [{ id: undelivered }] = await served({ status: ['UNDELIVERED'] });
  // A plus sign in an address is a space.
  const [last, old] = (await Promise.all([newest, undelivered].map(stored))).map((it) => it.createdAt.replace('+00:00', 'Z'));
  const { __type: it } = await asked('{ __type(name: "MessageStatus") { enumValues { name } } }');
  const others = it.enumValues.map(({ name }) => name).filter((name) => !['FAILED', 'QUEUED'].includes(name));
  const dayAgo = new Date(Date.now() - 86_400_000).toISOString();
  for (const [query, chips, filter] of [
    ['status=failed', ['Status: Failed'], { status: ['FAILED'] }],
    ['status=-failed,-queued', ['Not: Failed', 'Not: Queued'], { status: others }],
    ['dir=in', ['Direction: in'], { direction: 'INBOUND' }],
    ['lane=bulk', ['Lane: Bulk'], { lane: 'BULK' }],
    ['code=63016,63024', ['Error: 63016', 'Error: 63024'], { errorCode: [63016, 63024] }],
    [
      'q=delivered%20order&from=-24h',
      ['Text: “delivered order”', 'Since: 24h ago'],
      { search: 'delivered order', createdFrom: dayAgo },
    ],
    [`from=${last}`, [`Since: ${last}`], { createdFrom: last }],
    [`to=${old}`, [`Until: ${old}`], { createdTo: old }],
    ['address=%2B9779800000001', ['Contact: +9779800000001'], { address: ASHA }],
    ['status=failed,lost', ['Status: Failed', 'Not understood: status=lost'], { status: ['FAILED'] }],
  ]) {
    const ids = idsOf(await served(filter));
    assert.ok(ids.length > 0, query);
    assert.notDeepEqual(ids, all, `${query} narrows the list`);
    await page.goto(`/messages?${query}`);
    await shows({ address: `/messages?${query}`, chips, ids, peek: null });
  }
  assert.equal(await page.locator('.chip--invalid').count(), 1);

  await page.goto('/messages');
  await rows().first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('status:failed code:63016 "late answer"');
  await page.keyboard.press('Enter');
  const [narrow, wider] = ['status=failed&code=63016&q=%22late%20answer%22', 'code=63016&q=%22late%20answer%22'];
  await page.waitForURL(`**/messages?${narrow}`);
  const ids = tooLate.toReversed();
  const chips = ['Status: Failed', 'Error: 63016', 'Text: “"late answer"”'];
  await shows({ address: `/messages?${narrow}`, chips, ids, peek: null });
  await rows().nth(1).focus();
  await page.keyboard.press('Space');
  const first = { address: `/messages?${narrow}&peek=${ids[1]}`, chips, ids, peek: ids[1] };
  await shows(first);
  await page.locator('.chip', { hasText: 'Status: Failed' }).click();
  const second = { address: `/messages?${wider}`, chips: chips.slice(1), ids, peek: null };
  await shows(second);
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  const third = { address: '/messages', chips: [], ids: all, peek: null };
  await shows(third);
  for (const [step, wanted] of [
    ['goBack', second],
    ['goBack', first],
    ['reload', first],
    ['goForward', second],
    ['goForward', third],
    ['reload', third],
  ]) {
    await page[step]();
    await shows(wanted);
  }
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
  const isHigh = (px) =>
    page.waitForFunction((it) => document.querySelector('[data-testid=message-row]')?.getBoundingClientRect().height === it, px);
  await isHigh(28);
  await hook('columns').click();
  await page.locator('.menu__option', { hasText: 'Twilio SID' }).locator('input').uncheck();
  await page.locator('.menu__option', { hasText: 'Default' }).locator('input').check();
  await page.keyboard.press('Escape');
  await isHigh(36);
});

stretch('an export is the very filter', async () => {
  await page.goto('/messages?status=failed');
  await rows().first().waitFor();
  await hook('export').click();
  const reads = async (ending) => {
    const href = await hook(`export-${ending}`).getAttribute('href');
    assert.equal(href, `/api/v1/messages.${ending}?status=failed`);
    return (await page.evaluate(async (it) => (await fetch(it)).text(), href)).trim().split('\n');
  };
  const lines = (await reads('ndjson')).map((it) => JSON.parse(it));
  const [head, ...cells] = (await reads('csv')).map((it) => it.trim().split(','));
  const wanted = tooLate.toSorted();
  assert.deepEqual(lines.map((it) => it.id).sort(), wanted);
  assert.ok(lines.every((it) => it.status === 'FAILED'));
  assert.equal(head[0], 'id');
  assert.deepEqual(cells.map((it) => it[0]).sort(), wanted);
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
  const [p50, p95, worst] = [result.p50, result.p95, result.worst].map((it) => `${it.toFixed(1)} ms`);
  figure('frames while scrolling', `p50 ${p50}, p95 ${p95}, worst ${worst}`);
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
  for (const part of [0.5, 1, 0.25, 0]) {
    await scroller().evaluate((it, share) => {
      it.scrollTop = (it.scrollHeight - it.clientHeight) * share;
    }, part);
    // Filled, and in the order of the elements, once nobody scrolls any more.
    await page.waitForFunction(() => {
      const box = document.querySelector('[data-testid=log-scroll]').getBoundingClientRect();
      const all = [...document.querySelectorAll('[data-testid=message-row]')];
      const isSeen = ({ top, bottom }) => bottom > box.top && top < box.bottom;
      const inside = all.filter((it) => isSeen(it.getBoundingClientRect()));
      const places = inside.map((it) => Number(it.getAttribute('aria-rowindex')));
      return inside.length * 36 > box.height - 110 && places.every((it, n) => n === 0 || it === places[n - 1] + 1);
    });
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
  // Whether the form outlived all those sizes is not the matter.
  await page.reload();
  await hook('save-view').click();
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
  await isDrawn();
  await rests();
  const top = () =>
    page.evaluate(() => {
      const box = document.querySelector('[data-testid=log-scroll]').getBoundingClientRect();
      const all = [...document.querySelectorAll('[data-testid=message-row]')];
      const inside = all.filter((it) => it.getBoundingClientRect().top >= box.top + 36);
      inside.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
      return { id: inside[0].dataset.id, top: inside[0].getBoundingClientRect().top };
    });
  const earlier = await top();
  const unwatch = await watches(earlier.id);
  await pause('NORMAL', true);
  for (let turn = 0; turn < 9; turn += 1) {
    // 500 a second.
    await Promise.all([sends(100, 'a flood', 'BULK'), page.waitForTimeout(200)]);
  }
  await sends(150, 'while reading');
  await hook('show-new', '[data-count="1050"]').waitFor();
  await isDrawn();
  const { frames, worst } = await unwatch();
  figure('the row under the reader', `${worst} px off at worst in ${frames} frames`);
  assert.ok(frames > 20, `${frames} frames`);
  assert.ok(worst <= 1, `${worst} px`);
  const later = await top();
  assert.equal(later.id, earlier.id);
  assert.ok(Math.abs(later.top - earlier.top) <= 1, `${later.top - earlier.top} px`);
  await photograph(page, out, 'log-pill');
  await inspect(page, 'log-pill');
  await page.keyboard.press('.');
  await rows().first().filter({ hasText: 'while reading 150' }).waitFor();
  await hook('show-new').waitFor({ state: 'detached' });
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

stretch('paused means no request at all within a minute, not even when the tab comes back', async () => {
  // A tab of its own, whose minute passes at once.
  const visitor = await Visitor.at(browser, api.server.origin);
  await visitor.context.addCookies(await operator.context.cookies());
  await visitor.context.clock.install();
  await visitor.context.addInitScript(() => {
    // That clock's timers have numbers beyond 32 bits; a program in WebAssembly keeps no more, and could not end them.
    for (const [set, clear] of [
      ['setTimeout', 'clearTimeout'],
      ['setInterval', 'clearInterval'],
      ['requestAnimationFrame', 'cancelAnimationFrame'],
    ]) {
      const [begin, end, known] = [globalThis[set], globalThis[clear], [null]];
      globalThis[set] = (...rest) => known.push(begin(...rest)) - 1;
      globalThis[clear] = (number) => end(known[number]);
    }
  });
  const frames = { pings: 0, pongs: 0, others: [] };
  const { page: tab } = await visitor.opens('about:blank');
  tab.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      if (JSON.parse(payload).type === 'ping') frames.pings += 1;
      else frames.others.push(payload);
    });
    socket.on('framereceived', ({ payload }) => {
      if (JSON.parse(payload).type === 'pong') frames.pongs += 1;
    });
  });
  await tab.goto('/messages');
  const indicator = (word) => tab.locator(`[data-testid="live-indicator"][data-state="${word}"]`).first().waitFor();
  const row = tab.locator('[data-testid="message-row"]');
  await indicator('live');
  await row.first().waitFor();
  // Without this each tab believes that it is in front.
  const beside = await visitor.context.newPage();
  for (const it of [tab, beside]) {
    const session = await visitor.context.newCDPSession(it);
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
  }
  await tab.evaluate(() => {
    globalThis.returns = 0;
    globalThis.addEventListener('focus', ({ isTrusted }) => {
      if (isTrusted) globalThis.returns += 1;
    });
  });
  const sent = (type) => frames.others.filter((it) => JSON.parse(it).type === type).length;
  await holds(async () => assert.equal(sent('subscribe'), 2, 'the log and the queue'));
  await tab.keyboard.press('l');
  await indicator('paused');
  await holds(async () => assert.equal(sent('complete'), 2));
  const requests = [];
  tab.on('request', (request) => {
    // The program's other parts come ten seconds after its start, live or not.
    if (!request.url().endsWith('.wasm')) requests.push(request.url());
  });
  frames.others = [];
  await sends(3, 'unseen');
  for (let quarter = 0; quarter < 4; quarter += 1) {
    await beside.bringToFront();
    await visitor.context.clock.runFor(15_000);
    await tab.bringToFront();
    await holds(async () => assert.ok((await tab.evaluate(() => globalThis.returns)) > quarter));
    // A browser without a screen hides no tab: this part is played.
    await tab.evaluate(() => {
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
      globalThis.dispatchEvent(new Event('online'));
    });
    // The connection is kept, and proves it: no answer may be late only because the minute was short.
    await holds(async () => assert.ok(frames.pings > quarter && frames.pongs === frames.pings, JSON.stringify(frames)));
  }
  assert.deepEqual(requests, []);
  assert.deepEqual(frames.others, []);
  figure('requests in a minute of pause', requests.length);
  assert.equal(await row.filter({ hasText: 'unseen' }).count(), 0);
  await tab.keyboard.press('l');
  await tab.waitForFunction(() => {
    const pill = document.querySelector('[data-testid=show-new]');
    return pill?.dataset.count === '3' || /unseen 3/.test(document.querySelector('[data-testid=message-row]')?.textContent ?? '');
  });
  await tab.keyboard.press('.');
  await row.first().filter({ hasText: 'unseen 3' }).waitFor();
  visitor.findsNoFault();
  await visitor.context.close();
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
  await session.send('HeapProfiler.collectGarbage');
  const begun = await metrics();
  for (const until = performance.now() + LOAD_MS; performance.now() < until; ) {
    // New messages by the hundred, and some that leave: their statuses change under the reader's eyes.
    await Promise.all([sends(100, 'load', 'BULK'), sends(2, 'told', 'NORMAL'), page.waitForTimeout(200)]);
  }
  const ended = await metrics();
  await session.send('HeapProfiler.collectGarbage');
  const { JSHeapUsedSize: heap } = await metrics();
  const wall = ended.Timestamp - begun.Timestamp;
  const share = ((ended.TaskDuration - begun.TaskDuration) / wall) * 100;
  figure('events', `${(events / wall).toFixed(0)} a second`);
  figure('main thread under load', `${share.toFixed(1)} % busy`);
  const grown = (heap - begun.JSHeapUsedSize) / 1e6;
  figure('heap', `${grown.toFixed(1)} MB more after ${wall.toFixed(0)} s`);
  assert.ok(grown <= 5, `${grown} MB`);
  await session.detach();

  // In the end the page says what the server says, row for row, from the newest on.
  await holds(async () => {
    const shown = await rows().evaluateAll((all) => all.map((it) => ({ id: it.dataset.id, status: it.dataset.status })));
    assert.ok(shown.length >= TOP, `${shown.length} rows`);
    assert.deepEqual(shown, await served({}, shown.length));
  });
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
  // What is counted twice must not move in between.
  const moving = { lane: 'NORMAL', status: ['QUEUED', 'SENDING', 'ACCEPTED', 'SENT', 'DELIVERED'] };
  await holds(async () => assert.deepEqual(await served(moving, 1), []));
  await world({ answer: { kind: 'drop', next: 1 } });
  // To somebody else: what follows it to the same person waits until its fate is known.
  const [unclear] = await sends(1, 'perhaps taken', 'NORMAL', RAVI);
  const { attemptCount } = await settles(unclear, 'UNCONFIRMED');
  await page.goto('/messages?status=failed,read,unconfirmed');
  await rows().first().waitFor();
  const count = await selectsAll();
  // What fails now is not of the set.
  await world({ outcome: { status: 'failed', errorCode: 63016, next: 1 } });
  const [younger] = await sends(1, 'too young');
  await settles(younger, 'FAILED');
  await page.keyboard.press('r');
  await hook('bulk-will', '[data-count="3"]').waitFor();
  const rest = await hook('bulk-rest').locator('li').allInnerTexts();
  assert.ok(rest.some((it) => it.startsWith('1 message: Unconfirmed, it may have been sent')), rest.join('\n'));
  assert.ok(rest.some((it) => /^[\d,]+ messages: Read, /.test(it)), rest.join('\n'));
  assert.equal(3 + rest.reduce((sum, it) => sum + numberIn(it), 0), count);
  await hook('bulk-confirm').click();
  await hook('tray-job').first().waitFor();
  await hook('tray-job').first().getByRole('link').click();
  await page.waitForURL('**/jobs/job_*');
  await hook('job', '[data-state="done"]').waitFor();
  assert.equal(await hook('job-done').innerText(), '3');
  const left = await stored(unclear);
  assert.deepEqual([left.status, left.attemptCount], ['UNCONFIRMED', attemptCount]);
  const { status, attemptCount: attempts } = await stored(younger);
  assert.deepEqual([status, attempts], ['FAILED', 1]);
  for (const id of tooLate) assert.equal((await settles(id, 'READ')).attemptCount, 2);
  await page.reload();
  await hook('job', '[data-state="done"]').waitFor();
  await photograph(page, out, 'job');
  await inspect(page, 'job');
  await page.goto('/messages?status=failed,read');
  await rows().first().waitFor();
  await selectsAll();
  await page.keyboard.press('r');
  await hook('bulk-will', '[data-count="1"]').waitFor();
  await photograph(page, out, 'log-bulk');
  await inspect(page, 'log-bulk');
  await page.keyboard.press('Escape');
});

/** How many messages of this status there are, however many. */
async function counted(status) {
  const query = 'mutation ($filter: MessageFilter!) { retryMessages(filter: $filter, dryRun: true) { matchingCount } }';
  return (await asked(query, { filter: { status: [status] } })).retryMessages.matchingCount;
}

stretch('more than a thousand are typed, not clicked; what has not left can be taken back', async () => {
  // 1, 10 to 19, and so on: with 100,000 in all these are 11,112, more than one request takes back.
  await page.goto('/messages?status=queued&q=%22campaign%201%22');
  await rows().first().waitFor();
  const count = await selectsAll();
  assert.ok(count > 10_000, `${count} queued`);
  await hook('bulk-cancel').click();
  await hook('bulk-will', `[data-count="${count}"]`).waitFor();
  assert.ok(await hook('bulk-confirm').isDisabled());
  await page.locator('#bulk-number').fill(String(count));
  await hook('bulk-confirm').click();
  await hook('bulk-dialog').waitFor({ state: 'hidden', timeout: 60_000 });
  assert.equal(await counted('CANCELED'), count);
});

stretch('Stop ends work on single rows where it is', async () => {
  await page.goto('/messages?status=queued');
  await rows().nth(9).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  for (let n = 1; n < 10; n += 1) await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  await hook('selection-bar').filter({ hasText: '10 selected' }).waitFor();
  const ids = await rows('[aria-selected="true"]').evaluateAll((all) => all.map((it) => it.dataset.id));
  // The fourth is on its way until somebody has pressed Stop.
  let asks = 0;
  let release;
  const held = new Promise((done) => {
    release = done;
  });
  await page.route('**/graphql', async (route) => {
    if (/cancelMessage\b/.test(route.request().postData() ?? '') && (asks += 1) === 4) await held;
    await route.continue();
  });
  await hook('bulk-cancel').click();
  await hook('bulk-will', '[data-count="10"]').waitFor();
  await hook('bulk-confirm').click();
  await hook('bulk-dialog').getByText('3 of 10').waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  release();
  await hook('toast').filter({ hasText: 'Took back 4 messages' }).waitFor();
  await page.unroute('**/graphql');
  const statuses = await Promise.all(ids.map(async (id) => (await stored(id)).status));
  assert.equal(statuses.filter((it) => it === 'CANCELED').length, 4);
  assert.equal(statuses.filter((it) => it === 'QUEUED').length, 6);
});

stretch('a long job tells how far it is, goes on over a reload, and ends where somebody cancels it', async () => {
  const before = await counted('CANCELED');
  await page.goto('/messages?status=canceled');
  await rows().first().waitFor();
  assert.equal(await selectsAll(), before);
  await page.keyboard.press('r');
  await hook('bulk-will', `[data-count="${before}"]`).waitFor();
  await page.locator('#bulk-number').fill(String(before));
  await hook('bulk-confirm').click();
  const isHalfway = (place) =>
    page.waitForFunction((it) => {
      const value = document.querySelector(`${it} [data-state=running] progress`)?.value;
      return value > 0 && value < 1;
    }, place);
  await isHalfway('[data-testid=jobs-tray]');
  await hook('tray-job').first().getByRole('link').click();
  await page.waitForURL('**/jobs/job_*');
  await page.reload();
  await isHalfway('[data-testid=job]');
  await hook('job-cancel').click();
  await hook('job', '[data-state="canceled"]').waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1);
  const query = 'query ($id: ID!) { bulkJob(id: $id) { state totalCount doneCount skippedCount } }';
  const { bulkJob: job } = await asked(query, { id });
  assert.deepEqual([job.state, job.totalCount], ['CANCELED', before]);
  assert.ok(job.doneCount > 0 && job.doneCount + job.skippedCount < before, JSON.stringify(job));
  figure('a job when it was canceled', `${job.doneCount} of ${before}`);
  assert.equal(numberIn(await hook('job-done').innerText()), job.doneCount);
  assert.equal(await counted('CANCELED'), before - job.doneCount);
  await hook('job-cancel').waitFor({ state: 'detached' });
});

stretch('a message by its id and by its SID; its parts by tabs; out of order is marked and never goes back', async () => {
  await world({ callbacks: { order: 'reversed' } });
  const [id] = await sends(1, 'out of order');
  const { twilioSid } = await settles(id, 'READ');
  await world({ callbacks: null });
  const secrets = await secretsOf(api, operator);
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
  assert.equal((await stored(id)).status, 'READ');
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
  await world({ outcome: { status: 'failed', errorCode: 63016, next: 1 } });
  const [id] = await sends(1, 'too late');
  await settles(id, 'FAILED');
  await page.goto(`/messages/${id}`);
  const why = hook('why', '[data-code="63016"]');
  await why.getByRole('heading', { name: 'The 24-hour reply window was closed' }).waitFor();
  const says = (label) => why.locator(`dt:text-is("${label}") + dd`).innerText();
  assert.equal(await says('Who acts'), 'You');
  assert.equal(await says('Next step'), 'Send an approved template, or wait until they write');
  await photograph(page, out, 'message-why');
  await inspect(page, 'message-why');
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
  const sent = await stored(new URL(page.url()).pathname.split('/').at(-1));
  assert.equal(sent.contentSid, template);
  assert.deepEqual(Object.values(sent.contentVariables), values);
  // The text is the provider's to make: what the phone shows is what was promised.
  const query = 'query ($address: String!) { simulator { phone(address: $address) { messages { sid body } } } }';
  const { phone } = (await asked(query, { address: ASHA })).simulator;
  assert.equal(phone.messages.find((it) => it.sid === sent.twilioSid).body, preview);
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
