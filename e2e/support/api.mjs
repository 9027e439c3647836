// What the API's tests share: a server of their own, a token, queries.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BINARY, Server } from './server.mjs';

const out = fileURLToPath(new URL('../out', import.meta.url));

/** A server with a token of the scope `send`. */
export class Api {
  static async start(name) {
    return this.of(await Server.start(join(out, name)));
  }

  /** The API of a server that runs. */
  static async of(server) {
    const api = new this();
    api.server = server;
    const { folder } = server;
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: join(folder, 'data') };
    const words = ['token', 'create', '--name', 'api-test', '--scope', 'send'];
    const { stdout } = await promisify(execFile)(BINARY, words, { cwd: folder, env });
    api.token = stdout.trim();
    return api;
  }

  get url() {
    return `${this.server.origin}/graphql`;
  }

  get sockets() {
    return `${this.url.replace('http', 'ws')}/ws`;
  }

  get authorization() {
    return { authorization: `Bearer ${this.token}` };
  }

  /** `fetch` with the token. */
  get fetch() {
    return (url, options = {}) => fetch(url, { ...options, headers: { ...options.headers, ...this.authorization } });
  }

  /** Posts an operation; the whole answer. */
  async ask(body) {
    const headers = { 'content-type': 'application/json' };
    const answer = await this.fetch(this.url, { method: 'POST', headers, body: JSON.stringify(body) });
    return answer.json();
  }

  /** The data of an answer that must have no errors. */
  async asked(query, variables = {}) {
    const answer = await this.ask({ query, variables });
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
    return answer.data;
  }

  /** Writes as a customer with a simulated phone. */
  async writes(body) {
    const query = 'mutation ($input: SimulatorSendInput!) { simulatorSend(input: $input) { userErrors { code } } }';
    const answer = await this.ask({ query, variables: { input: { from: '+9779800000001', name: 'Asha', body } } });
    if (answer.errors ?? answer.data.simulatorSend.userErrors.length) throw new Error(JSON.stringify(answer));
  }

  /** Every event there is, by its cursor. */
  async log() {
    const { data } = await this.ask({ query: '{ messages(first: 100) { nodes { timeline { cursor } } } }' });
    const cursors = data.messages.nodes.flatMap((it) => it.timeline.map((event) => event.cursor));
    return cursors.sort((a, b) => place(a) - place(b));
  }
}

/** A cursor's place in the log. */
export const place = (cursor) => Number(cursor.slice(1));

/** The promise, or an error after ten seconds. */
export function soon(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within 10 s: ${what}`)), 10_000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
