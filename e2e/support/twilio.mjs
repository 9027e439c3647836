// The simulated Twilio of a server under test, by its own controls.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where it listens, and its secrets, which are as good as real ones. */
export const twilioOf = async (server) => JSON.parse(await readFile(join(server.folder, 'data', 'simulator.json'), 'utf8'));

/** Changes how it behaves. */
export async function changesWorld(server, change) {
  const headers = { 'content-type': 'application/json' };
  const { api } = await twilioOf(server);
  const answer = await fetch(`${api}/simulator/world`, { method: 'PATCH', headers, body: JSON.stringify(change) });
  assert.equal(answer.status, 200, await answer.text());
}
