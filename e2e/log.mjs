// The log in a real browser on the real server: filters, long lists, the reading lock, many events. Prints the figures of its
// budgets.
import assert from 'node:assert/strict';
import { inspect, photograph } from './support/looks.mjs';
import { suite } from './support/suite.mjs';
import { ASHA, RAVI, Traffic } from './support/traffic.mjs';
import { Visitor, figure, holds, hook as hookOf, isLive } from './support/visitor.mjs';

const MANY = 100_000;
const LOAD_MS = 30_000;
/** So many rows are in sight wherever the list stands; those beyond come and go. */
const TOP = 15;
let api;
let page;
let tooLate;

const { out, stage, stretch } = suite('log', async () => {
  api = await Traffic.of(stage.server);
});

const hook = (name, state) => hookOf(page, name, state);
const rows = (state) => hook('message-row', state);
const scroller = () => hook('log-scroll');

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

/** The list rests: nothing is being read. */
const rests = () => page.waitForFunction(() => !document.querySelector('.log-panel[aria-busy="true"]'));

/** Nobody reads: pointer away, focus nowhere, no input for longer than the lock asks. */
async function leavesAlone() {
  await page.mouse.move(2, 400);
  await page.evaluate(() => document.activeElement?.blur());
  await page.waitForTimeout(3300);
}

stretch('an empty log says what it is for; the first messages enter by themselves', async () => {
  ({ page } = await stage.operator.opens(stage.server.signInLink));
  await isLive(page);
  await page.goto('/messages');
  await page.getByText('No messages yet').waitFor();
  await photograph(page, out, 'log-empty');
  await api.writes('hi');
  await rows().first().waitFor();
});

stretch('a few failures and many more: the seed', async () => {
  await api.world({ outcome: { status: 'failed', errorCode: 63016, next: 3 } });
  const failed = await api.sends(3, 'late answer');
  tooLate = failed;
  for (const id of failed) await api.settles(id, 'FAILED');
  await api.world({ outcome: { status: 'undelivered', errorCode: 63024, next: 1 } });
  const [unreached] = await api.sends(1, 'nobody there');
  await api.settles(unreached, 'UNDELIVERED');
  await api.sends(4, 'delivered order');
  await api.pause('BULK', true);
  const begun = performance.now();
  await api.sends(MANY, 'campaign', 'BULK');
  figure('seeding', `${MANY} messages in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  // Somebody else stands on top: a filter that does nothing would show these two.
  await api.hears(RAVI, 'Ravi', 'namaste');
});

stretch('each filter makes the round from URL to chips to result, and back, forward and reload restore it', async () => {
  const all = idsOf(await api.served({}));
  const [{ id: newest }] = await api.served({ address: ASHA }, 1);
  const [{ id: undelivered }] = await api.served({ status: ['UNDELIVERED'] });
  // A plus sign in an address is a space.
  const [last, old] = await Promise.all(
    [newest, undelivered].map(async (it) => (await api.stored(it)).createdAt.replace('+00:00', 'Z')),
  );
  const { __type: it } = await api.asked('{ __type(name: "MessageStatus") { enumValues { name } } }');
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
    const ids = idsOf(await api.served(filter));
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
  const { savedViews } = await api.asked('{ savedViews { name query isOwn } }');
  assert.deepEqual(savedViews, [{ name: 'बिग्रेका', query: 'status=failed&dir=out', isOwn: false }]);
  await hook('save-view').click();
  await page.getByRole('button', { name: 'Delete the view “बिग्रेका”' }).click();
  await link.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
});

stretch('a reader in the list sees nothing move; the pill counts exactly, and the dot shows', async () => {
  await page.goto('/messages');
  await isLive(page);
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
  await api.pause('NORMAL', true);
  for (let turn = 0; turn < 9; turn += 1) {
    // 500 a second.
    await Promise.all([api.sends(100, 'a flood', 'BULK'), page.waitForTimeout(200)]);
  }
  await api.sends(150, 'while reading');
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
  await api.pause('NORMAL', false);
  await rows(`[data-id="${id}"][data-status="READ"]`).waitFor({ timeout: 60_000 });
  assert.equal(await rows().first().getAttribute('data-id'), id);
});

stretch('at the top and idle, new rows enter by themselves', async () => {
  await leavesAlone();
  await api.sends(2, 'by itself');
  await rows().first().filter({ hasText: 'by itself' }).waitFor();
});

stretch('paused means no request at all within a minute, not even when the tab comes back', async () => {
  // A tab of its own, whose minute passes at once.
  const visitor = await Visitor.at(stage.browser, stage.server.origin);
  await visitor.context.addCookies(await stage.operator.context.cookies());
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
  await api.sends(3, 'unseen');
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
  await isLive(page);
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
    await Promise.all([api.sends(100, 'load', 'BULK'), api.sends(2, 'told', 'NORMAL'), page.waitForTimeout(200)]);
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
    assert.deepEqual(shown, await api.served({}, shown.length));
  });
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
