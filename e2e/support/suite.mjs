// A suite is a walk: its own server and browser, and stretches that build on the ones before them.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Server } from './server.mjs';
import { Visitor, launch } from './visitor.mjs';

/**
 * Begins a suite: `out`, its folder for pictures; `stage`, which has `server`, `browser` and the first visitor, `operator`, once
 * they are there; and `stretch`, which adds one. `prepare` is awaited before the first. After each stretch the operator has found
 * no fault; a failure leaves a picture of every open tab in `out`.
 */
export function suite(name, prepare = () => {}) {
  const out = fileURLToPath(new URL(`../out/${name}`, import.meta.url));
  const stage = {};
  before(async () => {
    await rm(out, { recursive: true, force: true });
    stage.server = await Server.start(out);
    stage.browser = await launch();
    stage.operator = await Visitor.at(stage.browser, stage.server.origin);
    await prepare();
  });
  after(async () => {
    await stage.browser?.close();
    await stage.server?.remove();
  });
  const stretch = (title, walk) =>
    test(title, { timeout: 180_000 }, async (context) => {
      try {
        await walk(context);
        stage.operator.findsNoFault();
      } catch (error) {
        const pages = stage.browser.contexts().flatMap((it) => it.pages());
        for (const [number, page] of pages.entries()) {
          await page.screenshot({ path: join(out, `failed-${number}.png`) }).catch(() => {});
        }
        throw error;
      }
    });
  return { out, stage, stretch };
}
