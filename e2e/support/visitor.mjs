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
    Object.assign(visitor, { context, origin, faults: [], forgiven: [] });
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

  /** Says that a fault belongs to what a test does on purpose. */
  forgives(pattern) {
    this.forgiven.push(pattern);
  }

  /** Fails on everything noticed since the last call that no test asked for. */
  findsNoFault() {
    const faults = this.faults.splice(0);
    assert.equal(faults.join('\n'), '', 'the console and the network stay clean');
  }

  #sees(url) {
    const inside = url.startsWith(`${this.origin}/`) || /^(data|blob|about):/.test(url);
    if (!inside) this.faults.push(`asked another host: ${url}`);
  }

  #notes(text) {
    if (!this.forgiven.some((pattern) => pattern.test(text))) this.faults.push(text.slice(0, 400));
  }
}
