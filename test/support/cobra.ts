// A real Cobra server (PyPI `cobras`, BSD) on a real Redis, and a publisher that shares no code with Weir.
import { execFile } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { ROOT } from './cli.ts';
import { temporaryFolder } from './folder.ts';
import { commandOf, freePort, NotHere, ServerProcess, spawnServer } from './real-server.ts';

const run = promisify(execFile);
const REQUIREMENTS = join(ROOT, 'test/servers/cobra-requirements.txt');
/** Its dependencies do not run on a newer Python. */
const PYTHONS = ['python3.11', 'python3.10', 'python3'];
const INSTALL_MS_MAX = 180_000;

export interface Cobra {
  readonly redis: ServerProcess;
  readonly server: ServerProcess;
  readonly url: string;
  readonly secret: string;
  /** How many messages Redis says were ever added to the channel: the truth of the test. */
  added(channel: string): Promise<number>;
}

/** Throws `NotHere` where Redis or Python is missing, or the packages cannot be had. */
export async function startCobra(t: TestContext): Promise<Cobra> {
  if (!commandOf(['redis-server'])) {
    throw new NotHere('redis-server is not there: apt-get install redis-server');
  }
  const bin = await installed();
  const home = temporaryFolder(t);
  await run(join(bin, 'cobra'), ['init'], { env: { ...process.env, HOME: home } });
  const [redisPort, port] = [await freePort(), await freePort()];
  const redisArgs = ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', ''];
  const redis = new ServerProcess(t, redisPort, () =>
    spawnServer('redis-server', [...redisArgs, '--dir', home]),
  );
  const address = ['--host', '127.0.0.1', '--port', String(port)];
  const store = ['-r', `redis://127.0.0.1:${redisPort}`, '--no_stats'];
  const server = new ServerProcess(t, port, () =>
    spawnServer(join(bin, 'cobra'), ['run', ...address, ...store], { HOME: home }),
  );
  await redis.start();
  await server.start();
  const settings = readFileSync(join(home, '.cobra.yaml'), 'utf8');
  const secret = /_pubsub:[\s\S]*?secret: (\S+)/.exec(settings)![1]!;
  return {
    redis,
    server,
    secret,
    url: `ws://127.0.0.1:${port}`,
    async added(channel) {
      const stream = `_pubsub::${channel}`;
      const asked = ['-p', String(redisPort), 'XINFO', 'STREAM', stream];
      const { stdout } = await run('redis-cli', asked);
      return Number(/entries-added\s+(\d+)/.exec(stdout)![1]);
    },
  };
}

/** The folder with `cobra`, installed once for each list of requirements. */
async function installed(): Promise<string> {
  const name = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const folder = join(ROOT, 'node_modules/.cache/weir-servers', `cobra-${name}`);
  const bin = join(folder, 'bin');
  const mark = join(folder, 'installed');
  if (existsSync(mark)) return bin;
  const python = commandOf(PYTHONS);
  if (!python) throw new NotHere('Python is not there: install python3 with venv');
  try {
    await rm(folder, { recursive: true, force: true });
    await run(python, ['-m', 'venv', folder], { timeout: INSTALL_MS_MAX });
    // What its packages ask for is older than what builds today: each is named in the list instead.
    const install = ['install', '--quiet', '--no-deps', '-r', REQUIREMENTS];
    await run(join(bin, 'pip'), install, { timeout: INSTALL_MS_MAX });
    await run(join(bin, 'cobra'), ['--help'], { timeout: INSTALL_MS_MAX });
  } catch (error) {
    throw new NotHere(`Cobra could not be installed: ${String(error).slice(0, 500)}`);
  }
  writeFileSync(mark, '');
  return bin;
}

/** Publishes through the server, and waits for its answers. */
export class CobraPublisher {
  readonly #cobra: Cobra;
  readonly #channel: string;
  #socket: WebSocket | null = null;
  #lastId = 0;
  #answered = 0;
  #wake = () => {};

  constructor(cobra: Cobra, channel: string) {
    this.#cobra = cobra;
    this.#channel = channel;
  }

  async open(): Promise<void> {
    const socket = new WebSocket(`${this.#cobra.url}/v2?appkey=_pubsub`);
    await once(socket, 'open');
    const ask = async (action: string, body: object) => {
      socket.send(JSON.stringify({ action, id: 0, body }));
      const [answer] = await once(socket, 'message');
      return JSON.parse(String(answer)) as { body: { data: { nonce: string } } };
    };
    const data = { role: 'pubsub', version: '1', connection_id: 'test' };
    const method = 'role_secret';
    const { body } = await ask('auth/handshake', { method, data });
    const hash = createHmac('md5', this.#cobra.secret).update(body.data.nonce).digest('base64');
    await ask('auth/authenticate', { method, credentials: { hash } });
    socket.on('message', () => {
      this.#answered += 1;
      this.#wake();
    });
    socket.on('error', () => {});
    this.#socket = socket;
    this.#lastId = this.#answered = 0;
  }

  /** Sends so many messages, and resolves when the server has answered each. Rejects when the socket is lost before. */
  async publish(count: number): Promise<void> {
    const socket = this.#socket!;
    for (let i = 0; i < count; i++) {
      this.#lastId += 1;
      const body = { channel: this.#channel, message: { n: this.#lastId } };
      socket.send(JSON.stringify({ action: 'rtm/publish', id: this.#lastId, body }));
    }
    const lost = once(socket, 'close').then(() => {
      throw new Error('the socket was lost');
    });
    lost.catch(() => {});
    while (this.#answered < this.#lastId) {
      await Promise.race([lost, new Promise<void>((wake) => (this.#wake = wake))]);
    }
  }

  close(): void {
    this.#socket?.terminate();
  }
}
