// What tests of real servers share: a server as a process, a free port, and a clear word where something is not there.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

/** Thrown by what starts a server; says what is not there, and how to get it. */
export class NotHere extends Error {}

/**
 * Runs `start`; where something that it needs is not there, skips the test and says so. With WEIR_SERVERS=needed, as in
 * .ci/run, the test fails instead. Null: skipped.
 */
export async function orSkip<T>(t: TestContext, start: () => Promise<T>): Promise<T | null> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof NotHere) || process.env['WEIR_SERVERS'] === 'needed') throw error;
    t.skip(error.message);
    return null;
  }
}

/** A port that was free a moment ago, for servers that do not choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The first of these commands that is on the PATH; null if none is. */
export function commandOf(names: readonly string[]): string | null {
  const isThere = (name: string) => {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  return names.find(isThere) ?? null;
}

/** A server that the test starts, kills and starts again. It ends with the test. */
export class ServerProcess {
  readonly port: number;
  readonly #start: () => ChildProcess;
  #child: ChildProcess | null = null;
  #said = '';

  constructor(t: TestContext, port: number, start: () => ChildProcess) {
    this.port = port;
    this.#start = start;
    t.after(() => this.kill());
  }

  /** Resolves when its port is open. */
  async start(): Promise<void> {
    const child = this.#start();
    this.#child = child;
    this.#said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => (this.#said = (this.#said + data).slice(-4_000)));
    }
    while (!(await this.#isOpen())) {
      if (child.exitCode !== null) throw new Error(`the server ended: ${this.#said}`);
      await sleep(50);
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async #isOpen(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    return open;
  }
}

/** Starts a program in a process of its own, with what it says in pipes. */
export function spawnServer(command: string, args: readonly string[], env: object = {}) {
  return spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
