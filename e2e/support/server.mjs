// The server under test: its own folders, any free port, stopped with SIGTERM as a service manager would.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const BINARY = process.env.WAYBILL_BIN ?? new URL('../../target/debug/waybill', import.meta.url).pathname;
const PATIENCE_MS = 30_000;

export class Server {
  /** Starts on fresh folders. */
  static async start(out) {
    await mkdir(out, { recursive: true });
    const server = new Server();
    server.folder = await mkdtemp(join(tmpdir(), 'waybill-e2e-'));
    server.log = createWriteStream(join(out, 'server.log'));
    server.port = '0';
    await server.#spawn();
    return server;
  }

  /** Stops and starts on the same folders and the same port. */
  async restart() {
    await this.stop();
    await this.resume();
  }

  /** Starts again after `stop`. */
  async resume() {
    await this.#spawn();
  }

  /** Asks for a graceful stop, and fails when it is not one. */
  async stop() {
    const { child } = this;
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await within('the server stops', new Promise((resolve) => child.once('exit', resolve)));
    }
    if (child.exitCode !== 0) throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}`);
  }

  /** Kills it as `kill -9` does, and waits until it is gone. */
  async kill() {
    const { child } = this;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await within('the server is gone', gone);
  }

  /** Ends it for good; never fails. */
  async remove() {
    this.child.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  async #spawn() {
    const { PATH, HOME, RUST_BACKTRACE = '1' } = process.env;
    const own = { DATA_DIR: join(this.folder, 'data'), LOG_DIR: join(this.folder, 'logs'), PORT: this.port };
    const env = { PATH, HOME, RUST_BACKTRACE, ...own };
    const child = spawn(BINARY, ['serve'], { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    process.once('exit', () => child.kill('SIGKILL'));
    child.stderr.pipe(this.log, { end: false });
    this.signInLink = await within('the server prints its sign-in link', this.#readLink(child));
    this.origin = new URL(this.signInLink).origin;
    this.port = new URL(this.signInLink).port;
  }

  #readLink(child) {
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the server ended at once with ${code}: see e2e/out/server.log`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.log.write(`${line}\n`);
        const link = /^Sign in\s+(http\S+)/.exec(line);
        if (link) resolve(link[1]);
      });
    });
  }
}

/** The promise, or an error that names what did not happen in time. */
function within(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${PATIENCE_MS / 1000} s: ${what}`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
