// A Weir in a process of its own, for tests that kill it: started by its command line, as a user does.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const DOOR = fileURLToPath(new URL('../../bin/weir.mjs', import.meta.url));

export interface ProcessOptions {
  readonly config: string;
  readonly store: string;
  /** A module that is loaded before Weir, in each of its threads. */
  readonly preload?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Run instead of Weir's own command line. */
  readonly door?: string;
}

export class WeirProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  readonly lines: string[] = [];
  #url: string | null = null;
  #wake = () => {};

  constructor({ config, store, preload, env = {}, door = DOOR }: ProcessOptions) {
    const imports = preload ? ['--import', preload] : [];
    this.#child = spawn(
      process.execPath,
      [
        ...imports,
        door,
        'up',
        config,
        '--store',
        store,
        '--listen',
        '127.0.0.1:0',
        '--log',
        'json',
      ],
      { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#exit = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.on('data', (data: Buffer) => this.#read(data.toString('utf8')));
    }
    void this.#exit.then(() => this.#wake());
  }

  /** Resolves when page and REST are served; rejects with what it said when it ended instead. */
  async started(): Promise<void> {
    while (this.#url === null) {
      if (this.ended) throw new Error(`it ended at once: ${this.lines.join('\n')}`);
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  /** Where page and REST are served. */
  get url(): string {
    return this.#url!;
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get signal(): string | null {
    return this.#child.signalCode;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Resolves when the process is gone. */
  async gone(): Promise<void> {
    await this.#exit;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.ended) this.#child.kill(signal);
    await this.#exit;
  }

  signalOnly(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field in tests
  async get(path: string, status = 200): Promise<any> {
    const response = await fetch(this.#url + path);
    const body = await response.text();
    if (response.status !== status) throw new Error(`${path}: ${response.status} ${body}`);
    return JSON.parse(body);
  }

  #read(text: string): void {
    this.lines.push(...text.split('\n').filter((line) => line !== ''));
    this.#url ??= /Page\s+(http\S+?)\/?\s/.exec(text)?.[1] ?? null;
    this.#wake();
  }
}
