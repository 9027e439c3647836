// A suite as a walk: each stretch builds on the ones before it.
import { join } from 'node:path';
import { test } from 'node:test';

/**
 * How a suite's stretches are told. After each, its visitor has found no fault; a failure leaves a picture of every open tab in
 * `out`. `stage` tells the browser and the visitor once there are any.
 */
export const stretches = (out, stage) => (name, walk) =>
  test(name, { timeout: 180_000 }, async (context) => {
    const { browser, operator } = stage();
    try {
      await walk(context);
      operator.findsNoFault();
    } catch (error) {
      const pages = browser.contexts().flatMap((it) => it.pages());
      for (const [number, page] of pages.entries()) {
        await page.screenshot({ path: join(out, `failed-${number}.png`) }).catch(() => {});
      }
      throw error;
    }
  });
