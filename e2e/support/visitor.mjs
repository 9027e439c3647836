// A person at a browser, and the watch kept over it: no error in the console, nothing asked of another host.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const TIMEOUT_MS = 15_000;

/** Starts the browser that CHROMIUM names. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** What a page calls by a name for tests. */
export const hook = (where, name, state = '') => where.locator(`[data-testid="${name}"]${state}`);
export const appears = (where, name, state) => hook(where, name, state).first().waitFor();
export const isLive = (where) => appears(where, 'live-indicator', '[data-state="live"]');

/** Waits until something is so. */
export async function until(what, isSo, patienceMs = TIMEOUT_MS) {
  const end = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > end) assert.fail(`not within ${patienceMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Looks again and again until it is so; answers what it saw. */
export async function holds(check) {
  const end = Date.now() + TIMEOUT_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

/** Prints what was measured. */
export const figure = (name, value) => console.log(`figure  ${name}: ${value}`);

/** Asks the API as whoever is signed in on a page. */
export async function asked(page, query, variables = {}) {
  const answer = await page.evaluate(
    async (body) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch('/graphql', { method: 'POST', headers, body });
      return response.json();
    },
    JSON.stringify({ query, variables }),
  );
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return answer.data;
}

/** Changes what the API answers a page where it tells of a field, until `isToldTheTruth`. */
export const retells = (page, field, change) =>
  page.route('**/graphql', async (route) => {
    if (!route.request().postData()?.includes(field)) return route.fallback();
    const response = await route.fetch();
    const json = await response.json();
    if (json.data?.[field]) change(json.data[field]);
    return route.fulfill({ response, json });
  });

/**
 * Holds back the answer to the next operation of this name: `isAsked` is fulfilled once the server has answered, `letsGo` gives
 * the answer to whoever still wants it.
 */
export async function withholds(page, operationName) {
  const steps = {};
  const step = (name) => new Promise((done) => { steps[name] = done; });
  const [isAsked, isOpen, hasPassed] = [step('asked'), step('open'), step('passed')];
  let isNext = true;
  const hold = async (route) => {
    if (!isNext || route.request().postDataJSON()?.operationName !== operationName) return route.fallback();
    isNext = false;
    const response = await route.fetch();
    steps.asked();
    await isOpen;
    // The page may have given it up.
    await route.fulfill({ response }).catch(() => {});
    return steps.passed();
  };
  await page.route('**/graphql', hold);
  const letsGo = async () => {
    steps.open();
    await hasPassed;
    // Not before: the browser would send what is held once more.
    await page.unroute('**/graphql', hold);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  };
  return { isAsked, letsGo };
}

/** Ends every change of what a page is told; an answer that is being changed is waited for. */
export const isToldTheTruth = (page) => page.unrouteAll({ behavior: 'wait' });

export class Visitor {
  /** A new visitor of `origin`, without cookies. */
  static async at(browser, origin) {
    const context = await browser.newContext({
      baseURL: origin,
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(TIMEOUT_MS);
    const visitor = new Visitor();
    Object.assign(visitor, { context, origin, faults: [], forgiven: [], forgivenBefore: [] });
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    context.on('request', (request) => visitor.#sees(request.url()));
    context.on('console', (message) => {
      if (message.type() === 'error') visitor.#notes(`${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => visitor.#notes(String(error.error())));
    return visitor;
  }

  /** Opens a page in a new tab. */
  async opens(path) {
    const page = await this.context.newPage();
    page.on('websocket', (socket) => this.#sees(socket.url().replace(/^ws/, 'http')));
    const response = await page.goto(path);
    return { page, response };
  }

  /**
   * Says that a fault belongs to what a test does on purpose; until the next look but one at the faults, for a tab behind
   * another tells of its own when it likes.
   */
  forgives(pattern) {
    this.forgiven.push(pattern);
  }

  /** Fails on everything noticed since the last call that no test asked for. */
  findsNoFault() {
    const faults = this.faults.splice(0);
    this.forgivenBefore = this.forgiven.splice(0);
    assert.equal(faults.join('\n'), '', 'the console and the network stay clean');
  }

  #sees(url) {
    const inside = url.startsWith(`${this.origin}/`) || /^(data|blob|about):/.test(url);
    if (!inside) this.faults.push(`asked another host: ${url}`);
  }

  #notes(text) {
    const forgiven = [...this.forgivenBefore, ...this.forgiven];
    if (!forgiven.some((pattern) => pattern.test(text))) this.faults.push(text.slice(0, 400));
  }
}
