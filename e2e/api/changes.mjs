// What schema.graphql changed since the last release. `node api/changes.mjs` names every change that breaks clients and fails
// unless it is acknowledged; `node api/changes.mjs release` makes today's schema the released one, with nothing acknowledged.
//
// A breaking change that is meant to be is acknowledged by its line, as the script prints it, in acknowledged.txt. Both files
// are renewed at a release, in the commit that sets the version.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildSchema, findBreakingChanges, findDangerousChanges } from 'graphql';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const NOW = file('../../schema.graphql');
const RELEASED = file('released.graphql');
const ACKNOWLEDGED = file('acknowledged.txt');
const HEAD = '# Breaking changes since the last release that are meant to be, one a line, as `node api/changes.mjs` prints them.\n';

const line = ({ type, description }) => `${type} ${description}`;

/** Changes between two schemas: what breaks clients and is not acknowledged, what may surprise them, and what was acknowledged in vain. */
export function changes(released, now, acknowledged) {
  const [before, after] = [released, now].map((it) => buildSchema(it));
  const known = new Set(acknowledged.split('\n').filter((it) => it && !it.startsWith('#')));
  const breaking = findBreakingChanges(before, after).map(line);
  return {
    breaking: breaking.filter((it) => !known.has(it)),
    dangerous: findDangerousChanges(before, after).map(line),
    stale: [...known].filter((it) => !breaking.includes(it)),
  };
}

function check() {
  const [released, now, acknowledged] = [RELEASED, NOW, ACKNOWLEDGED].map((it) => readFileSync(it, 'utf8'));
  const { breaking, dangerous, stale } = changes(released, now, acknowledged);
  for (const it of dangerous) console.log(`may surprise clients: ${it}`);
  for (const it of breaking) console.error(`breaks clients: ${it}`);
  for (const it of stale) console.error(`acknowledged, but no such change: ${it}`);
  if (breaking.length + stale.length > 0) {
    console.error('Take it back, deprecate the field instead, or acknowledge the line in e2e/api/acknowledged.txt.');
    process.exitCode = 1;
  } else {
    console.log('schema.graphql breaks no client of the last release');
  }
}

function release() {
  writeFileSync(RELEASED, readFileSync(NOW));
  writeFileSync(ACKNOWLEDGED, HEAD);
}

if (argv[1] === file('changes.mjs')) {
  if (argv[2] === 'release') release();
  else check();
}
