// Somebody's first minutes with Waybill, from an empty data folder: the link, the checklist, an order by chat, every hop of it in
// the log, a failure, its reason, and what helps.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { photograph } from './support/looks.mjs';
import { Server } from './support/server.mjs';
import { Visitor, hook, launch } from './support/visitor.mjs';

const out = fileURLToPath(new URL('out/newcomer', import.meta.url));

test('from an empty folder to an order, a failure, its reason and its mending', { timeout: 180_000 }, async () => {
  await rm(out, { recursive: true, force: true });
  const server = await Server.start(out);
  const browser = await launch();
  const pages = [];
  try {
    const operator = await Visitor.at(browser, server.origin);
    const open = async (path) => {
      const { page } = await operator.opens(path);
      pages.push(page);
      return page;
    };
    await walk(server, open);
    operator.findsNoFault();
  } catch (error) {
    for (const [number, page] of pages.entries()) {
      await page.screenshot({ path: join(out, `failed-${number}.png`) }).catch(() => {});
    }
    throw error;
  } finally {
    await browser.close();
    await server.remove();
  }
});

async function walk(server, open) {
  // The one-time link leads to the checklist.
  const page = await open(server.signInLink);
  assert.equal(new URL(page.url()).pathname, '/');
  await hook(page, 'checklist').waitFor();
  assert.equal(await hook(page, 'checklist-step').count(), 4);
  await photograph(page, out, 'checklist');

  // A second window watches the log meanwhile.
  const log = await open('/messages');
  await hook(log, 'live-indicator', '[data-state="live"]').first().waitFor();

  // The checklist leads to the simulator; a customer orders by chat.
  await page.bringToFront();
  await page.getByRole('link', { name: 'Open the simulator' }).click();
  await page.waitForURL('**/simulator');
  const says = async (text) => {
    await hook(page, 'simulator-body').fill(text);
    await page.keyboard.press('Enter');
  };
  const hears = (text) => hook(page, 'phone-message', '[data-from="business"]').filter({ hasText: text }).last().waitFor();
  for (const [text, answer] of [
    ['hi', 'Welcome, Asha!'],
    ['1', 'Ilam Black Tea'],
    ['2 x 1', 'put into your basket'],
    ['order', 'Please check your order'],
    ['yes', 'Order #1001'],
  ]) {
    await says(text);
    await hears(answer);
  }
  await photograph(page, out, 'simulator');

  // Each hop stands in the log, which nobody reloaded; the confirmation is read in the end.
  await log.bringToFront();
  await hook(log, 'message-row', '[data-status="READ"]').filter({ hasText: 'Order #1001' }).waitFor();
  await log.waitForFunction(() => document.querySelectorAll('[data-testid=message-row][data-status=READ]').length === 5);
  assert.equal(await hook(log, 'message-row', '[data-direction="INBOUND"][data-status="RECEIVED"]').count(), 5);
  await photograph(log, out, 'messages');

  // The world turns bad: the next answer fails.
  await page.bringToFront();
  await hook(page, 'world').locator('summary').click();
  await page.locator('#world-outcome').selectOption('63016');
  await hook(page, 'world').getByText('Failed 63016').first().waitFor();
  await says('orders');
  await hook(page, 'trace-step', '[data-status="FAILED"]').waitFor();
  await photograph(page, out, 'failed');

  // Why, by one key; what helps stands there and sends.
  await log.bringToFront();
  const failed = hook(log, 'message-row', '[data-status="FAILED"]');
  await failed.waitFor();
  await failed.focus();
  await log.keyboard.press('w');
  await hook(log, 'peek').locator('[data-testid="why"][data-code="63016"]').waitFor();
  await log.waitForFunction(() => document.activeElement.dataset.testid === 'why');
  await photograph(log, out, 'why');
  await hook(log, 'fix-template').click();
  await hook(log, 'template-preview').waitFor();
  const fields = log.locator('[id^="template-variable-"]');
  for (let n = 0; n < (await fields.count()); n += 1) await fields.nth(n).fill(['Asha', '1001', 'today'][n] ?? 'soon');
  const earlier = log.url();
  await hook(log, 'template-send').click();
  await log.waitForURL((url) => url.href !== earlier && url.pathname.startsWith('/messages/msg_'));
  await hook(log, 'message-status', '[data-status="READ"]').waitFor();

  // It is on the phone: one more than there was.
  await page.bringToFront();
  await hook(page, 'phone-message', '[data-from="business"][data-status="read"]').nth(5).waitFor();
}
