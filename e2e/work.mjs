// Work on the messages of the log in a real browser: by keys, on a choice of them, on everything that matches, and the job
// that does it.
import assert from 'node:assert/strict';
import { inspect, photograph } from './support/looks.mjs';
import { suite } from './support/suite.mjs';
import { ASHA, RAVI, Traffic } from './support/traffic.mjs';
import { figure, holds, hook as hookOf, isLive } from './support/visitor.mjs';

/** More than one request takes back. */
const CAMPAIGN = 11_112;
let api;
let page;
let tooLate;

const { out, stage, stretch } = suite('work', async () => {
  api = await Traffic.of(stage.server);
});

const hook = (name, state) => hookOf(page, name, state);
const rows = (state) => hook('message-row', state);

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

/** How many messages of this status there are, however many. */
async function counted(status) {
  const query = 'mutation ($filter: MessageFilter!) { retryMessages(filter: $filter, dryRun: true) { matchingCount } }';
  return (await api.asked(query, { filter: { status: [status] } })).retryMessages.matchingCount;
}

stretch('three that failed and many that wait: the seed', async () => {
  ({ page } = await stage.operator.opens(stage.server.signInLink));
  await isLive(page);
  await api.hears(ASHA, 'Asha', 'hi');
  await api.hears(RAVI, 'Ravi', 'namaste');
  await api.world({ outcome: { status: 'failed', errorCode: 63016, next: 3 } });
  tooLate = await api.sends(3, 'late answer');
  for (const id of tooLate) await api.settles(id, 'FAILED');
  await api.pause('BULK', true);
  await api.sends(20, 'reminder', 'BULK');
  await api.sends(CAMPAIGN, 'campaign', 'BULK');
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
  await holds(async () => assert.deepEqual(await api.served(moving, 1), []));
  await api.world({ answer: { kind: 'drop', next: 1 } });
  // To somebody else: what follows it to the same person waits until its fate is known.
  const [unclear] = await api.sends(1, 'perhaps taken', 'NORMAL', RAVI);
  const { attemptCount } = await api.settles(unclear, 'UNCONFIRMED');
  await page.goto('/messages?status=failed,read,unconfirmed');
  await rows().first().waitFor();
  const count = await selectsAll();
  // What fails now is not of the set.
  await api.world({ outcome: { status: 'failed', errorCode: 63016, next: 1 } });
  const [younger] = await api.sends(1, 'too young');
  await api.settles(younger, 'FAILED');
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
  const left = await api.stored(unclear);
  assert.deepEqual([left.status, left.attemptCount], ['UNCONFIRMED', attemptCount]);
  const { status, attemptCount: attempts } = await api.stored(younger);
  assert.deepEqual([status, attempts], ['FAILED', 1]);
  for (const id of tooLate) assert.equal((await api.settles(id, 'READ')).attemptCount, 2);
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

stretch('more than a thousand are typed, not clicked; what has not left can be taken back', async () => {
  await page.goto('/messages?status=queued&q=campaign');
  await rows().first().waitFor();
  const count = await selectsAll();
  assert.equal(count, CAMPAIGN);
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
  const statuses = await Promise.all(ids.map(async (id) => (await api.stored(id)).status));
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
      const { position } = document.querySelector(`${it} [data-state=running] progress`) ?? {};
      return position > 0 && position < 1;
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
  const { bulkJob: job } = await api.asked(query, { id });
  assert.deepEqual([job.state, job.totalCount], ['CANCELED', before]);
  assert.ok(job.doneCount > 0 && job.doneCount + job.skippedCount < before, JSON.stringify(job));
  figure('a job when it was canceled', `${job.doneCount} of ${before}`);
  assert.equal(numberIn(await hook('job-done').innerText()), job.doneCount);
  assert.equal(await counted('CANCELED'), before - job.doneCount);
  await hook('job-cancel').waitFor({ state: 'detached' });
});
