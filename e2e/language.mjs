// Every page in another language: nothing is left in English, nothing is cut off when texts are longer, and a language that is
// written from right to left turns the page around. The languages are made up out of the English catalogue.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Api } from './support/api.mjs';
import { photograph } from './support/looks.mjs';
import { suite } from './support/suite.mjs';
import { isLive } from './support/visitor.mjs';

const english = JSON.parse(await readFile(new URL('../dashboard/texts/en.json', import.meta.url), 'utf8'));
const PAGES = [
  '/',
  '/messages',
  '/queue',
  '/queue?tab=unconfirmed',
  '/queue?tab=dead',
  '/queue?tab=workers',
  '/webhooks',
  '/simulator',
  '/tokens',
  '/users',
  '/account',
  '/audit',
  '/doctor',
  '/nowhere',
];
let api;
let page;
let message;

const { out, stage, stretch } = suite('language', async () => {
  api = await Api.of(stage.server);
  // Its own mark around each text; place holders stay as they are.
  await serves('en-XA', (text) => `⟦${text}${' ····'.repeat(Math.ceil((text.length * 0.4) / 5))}⟧`);
  await serves('ar', (text) => `${text}`);
  ({ page } = await stage.operator.opens(stage.server.signInLink));
  await isLive(page);
  await api.writes('hi');
  for (let turn = 0; message === undefined; turn += 1) {
    const { messages } = await api.asked('{ messages(first: 5) { nodes { id direction } } }');
    message = messages.nodes.find((it) => it.direction === 'OUTBOUND')?.id;
    assert.ok(turn < 50, 'the bot answers');
    await new Promise((done) => setTimeout(done, 100));
  }
});

/** Has the server know a language. */
async function serves(tag, translate) {
  const texts = Object.fromEntries(Object.entries(english).map(([key, text]) => [key, translate(text)]));
  await stage.operator.context.route(`**/texts/${tag}.json`, (route) => route.fulfill({ json: texts }));
}

async function speaks(tag) {
  await page.evaluate((it) => localStorage.setItem('waybill.language', it), tag);
}

/** Goes to a page and waits until it has what it shows. */
async function visits(path) {
  await page.goto(path);
  await page.locator('main h1').first().waitFor();
  await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null);
}

/** In the page: texts that a person sees or hears and that nobody translated. What people and programs wrote is not ours. */
function untranslated() {
  const theirs = '[translate="no"], bdi, code, pre, time, kbd, [dir="auto"], .mono, .brand, .bubble, .trace, script, style, template, noscript';
  const isOurs = (text) => /[A-Za-z]{3,}/.test(text) && !text.includes('⟦') && !text.includes('⟧');
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    const isSeen = parentElement.checkVisibility() || parentElement.closest('[aria-live], .hidden') !== null;
    if (isOurs(data) && isSeen && parentElement.closest(theirs) === null) found.add(data.trim());
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (isOurs(element.getAttribute(name)) && element.closest(theirs) === null) {
        found.add(`${name}=${element.getAttribute(name)}`);
      }
    }
  }
  return [...found];
}

/** By how many pixels the page is wider than a window of this width, once it is laid out for it. */
async function excessAt(width) {
  await page.setViewportSize({ width, height: 900 });
  await page.waitForFunction((it) => innerWidth === it, width);
  return page.evaluate(async () => {
    for (let n = 0; n < 2; n += 1) await new Promise((done) => requestAnimationFrame(done));
    return document.documentElement.scrollWidth - innerWidth;
  });
}

/** What stays as it is in this language: names, dates, keys. */
const NAMES = /^(Waybill( \d.*)?|Twilio|WhatsApp|GraphQL|Redis|JSON|HTTP \d+|admin|Asha)$|^[A-Z][a-z]{2} \d+, |\(Alt\+\d\)$/;

stretch('every page says everything in the language that was chosen, also where texts are longer', async () => {
  await speaks('en-XA');
  const left = [];
  for (const path of [...PAGES, `/messages/${message}`, `/messages/${message}?tab=http`, `/messages/${message}?tab=raw`]) {
    await visits(path);
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en-XA');
    const texts = (await page.evaluate(untranslated)).filter((it) => !NAMES.test(it));
    left.push(...texts.map((it) => `${path}: ${it}`));
    for (const width of [390, 1440]) {
      const excess = await excessAt(width);
      if (excess > 0) left.push(`${path}: ${excess} px too wide at ${width} px`);
    }
  }
  assert.equal(left.join('\n'), '');
  await visits('/messages');
  await photograph(page, out, 'messages-longer');
});

stretch('a language from right to left turns the page around', async () => {
  await speaks('ar');
  for (const path of PAGES) {
    await visits(path);
    const { dir, lang } = await page.evaluate(() => ({ dir: document.documentElement.dir, lang: document.documentElement.lang }));
    assert.deepEqual([dir, lang], ['rtl', 'ar']);
    for (const width of [390, 1440]) {
      const excess = await excessAt(width);
      assert.ok(excess <= 0, `${path}: ${excess} px too wide at ${width} px`);
    }
  }
  const rail = await page.locator('nav.rail').boundingBox();
  assert.ok(rail.x > 700, `the rail is at ${rail.x} px`);
  await visits('/messages');
  await photograph(page, out, 'messages-leftwards');
});

stretch('a language that nobody has texts for is English', async () => {
  stage.operator.forgives(/texts\/xx\.json/);
  await speaks('xx');
  await visits('/messages');
  await page.getByRole('heading', { level: 1, name: 'Messages' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
});
