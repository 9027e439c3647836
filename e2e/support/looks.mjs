// What every page must be, whatever it shows: accessible in both themes, narrow enough for a phone. Takes its pictures.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
/** Between the two: the rail stays, tables become cards. */
const MIDDLE = { width: 768, height: 900 };
const THEMES = ['light', 'dark'];

/** Pictures of the page in both themes and sizes. */
export async function photograph(page, out, name) {
  await page.bringToFront();
  for (const colorScheme of THEMES) {
    for (const size of SIZES) {
      await dress(page, colorScheme, size);
      const path = join(out, `${name}-${colorScheme}-${size.width}.png`);
      await page.screenshot({ path, animations: 'allow', caret: 'initial' });
    }
  }
  await dress(page, THEMES[0], SIZES[0]);
}

/**
 * Fails on any finding of axe, in both themes and three widths, and on anything that scrolls sideways on a phone. `within`: axe
 * looks at this part alone, which must be there all the time; for what lies over a page that was looked at already.
 */
export async function inspect(page, name, within = ':root') {
  await page.bringToFront();
  const findings = new Map();
  const note = (text, where) => findings.set(text, [...(findings.get(text) ?? []), where]);
  for (const colorScheme of THEMES) {
    for (const size of [...SIZES, MIDDLE]) {
      await dress(page, colorScheme, size);
      for (const text of await findingsUnrolled(page, size, within)) note(text, `${colorScheme} ${size.width} px`);
    }
  }
  for (const width of [320, 390]) {
    await dress(page, THEMES[0], { width, height: 800 });
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (excess > 0) note(`${excess} px too wide`, `${width} px`);
  }
  await dress(page, THEMES[0], SIZES[0]);
  const lines = [...findings].map(([text, where]) => `- ${text} [${where.join(', ')}]`);
  if (lines.length > 0) assert.fail(`${name}:\n${lines.join('\n')}`);
}

async function accessibility(page, within) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    ([part, values]) => globalThis.axe.run(part, { runOnly: { type: 'tag', values } }),
    [within, RULES],
  );
  return violations.map(({ id, help, nodes }) => {
    const [first] = nodes;
    const more = nodes.length > 1 ? ` and ${nodes.length - 1} more` : '';
    return `${id}: ${help}: ${first.target.join(' ')}${more} (${first.any[0]?.message ?? first.html})`;
  });
}

/**
 * What axe finds in a window as high as the page, within reason: what a bar lies over can be scrolled from under it.
 * A live page that grew meanwhile is looked at again, for its last row may lie under a bar by now.
 */
async function findingsUnrolled(page, { width, height }, within) {
  const tall = async () => {
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    return Math.min(Math.max(whole, height), 8000);
  };
  for (let again = 0; ; again += 1) {
    const before = await tall();
    await page.setViewportSize({ width, height: before });
    const found = await accessibility(page, within);
    if (found.length === 0 || again === 4 || (await tall()) <= before) return found;
  }
}

/** Gives the page a theme and a size, and lets it settle. */
async function dress(page, colorScheme, size) {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize(size);
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}
