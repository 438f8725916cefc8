/**
 * A thread that is minded: started, spoken with, started anew with backoff when it dies, and ended in order.
 * What it left in shared memory is there for the next one.
 */
import { Worker } from 'node:worker_threads';
import { textOfThrown } from './model/thrown.ts';
import { ThreadLine } from './thread-line.ts';
import type { FromThread, ThreadStart, ToThread } from './threads/messages.ts';

/** The wait before a restart doubles with each death in a row, within these bounds. */
export const RESTART_MS_FIRST = 100;
export const RESTART_MS_MOST = 30_000;
/** A thread that has lived this long has recovered: the next death is a first one again. */
const RECOVERED_MS = 60_000;
/**
 * Heap of a thread for what is young, in MiB. What survives a collection moves to the old at once; more than the engine
 * allows for when the old is full would end the whole process instead of the thread.
 */
export const YOUNG_MB_MAX = 16;
/** Messages kept for a thread that is being restarted; the oldest go first. */
const WAITING_MAX = 10_000;
/** How long a thread may take to end before it is ended. */
const STOP_MS_MAX = 3_000;

export interface ThreadSpec {
  /** As shown to people: `timer`, `feed 1`. */
  readonly name: string;
  /** Name of the file in threads/. */
  readonly file: string;
  /** Its heap, in MiB; the engine ends one that needs more. */
  readonly heapMb: number;
  /** What the thread is started with; made anew for each start. */
  data(): unknown;
  onMessage(message: FromThread): void;
  /** It sent a message that main cannot handle. */
  onUnusable(reason: string): void;
  /** It died without being asked to; it is started again in `waitMs`. */
  onDeath(reason: string, waitMs: number): void;
  /** After it had died, it has lived long enough to be well again. */
  onRecovered(): void;
}

/** What a thread holds. */
export interface ThreadMemory {
  /** With what is not collected yet. */
  readonly heapBytes: number;
  /** Buffers and WebAssembly memory; without shared memory. */
  readonly outsideBytes: number;
}

export class SupervisedThread {
  readonly name: string;
  readonly #spec: ThreadSpec;
  #worker: Worker | null = null;
  #line: ThreadLine | null = null;
  /** The worker that was asked for its memory and has not answered. */
  #asked: Worker | null = null;
  #waiting: ToThread[] = [];
  #stopping = false;
  #deathCount = 0;
  #lastDeath: string | null = null;
  #recovery: NodeJS.Timeout | null = null;
  #killedFor: string | null = null;
  #restart: NodeJS.Timeout | null = null;

  constructor(spec: ThreadSpec) {
    this.name = spec.name;
    this.#spec = spec;
    this.#start();
  }

  /** Whether there is a thread now, or one is being waited for. */
  get running(): boolean {
    return this.#worker !== null;
  }

  post(message: ToThread): void {
    if (this.#line) {
      this.#line.post(message);
      return;
    }
    this.#waiting.push(message);
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
  }

  /** Ends a thread for a reason that people can read; it is then started anew like one that died. */
  async kill(reason: string): Promise<void> {
    this.#killedFor = reason;
    await this.#worker?.terminate();
  }

  /**
   * The memory of the thread. null while there is no thread, or one that has not answered before: a thread in a call of
   * native code answers after it.
   */
  async memory(): Promise<ThreadMemory | null> {
    const worker = this.#worker;
    if (worker === null || this.#asked === worker) return null;
    this.#asked = worker;
    try {
      const { used_heap_size, external_memory } = await worker.getHeapStatistics();
      return { heapBytes: used_heap_size, outsideBytes: external_memory };
    } catch {
      // It is starting, or has just ended.
      return null;
    } finally {
      if (this.#asked === worker) this.#asked = null;
    }
  }

  /** Why it died last; null if it never has. */
  get lastDeath(): string | null {
    return this.#lastDeath;
  }

  /** How often it has died in a row; 0 once it has recovered. */
  get deathCount(): number {
    return this.#deathCount;
  }

  /** Asks the thread to finish, and ends it if it does not in time. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    const worker = this.#worker;
    if (!worker) return;
    const gone = new Promise<void>((done) => worker.once('exit', () => done()));
    this.#line?.post({ kind: 'stop' });
    const timer = setTimeout(() => void worker.terminate(), STOP_MS_MAX);
    await gone;
    clearTimeout(timer);
  }

  #start(): void {
    const url = new URL(`./threads/${this.#spec.file}`, import.meta.url);
    const line = new ThreadLine(this.#spec);
    const worker = new Worker(url, {
      workerData: { data: this.#spec.data(), line: line.far } satisfies ThreadStart,
      transferList: [line.far],
      name: this.name,
      resourceLimits: {
        maxOldGenerationSizeMb: this.#spec.heapMb,
        maxYoungGenerationSizeMb: YOUNG_MB_MAX,
      },
    });
    this.#worker = worker;
    this.#line = line;
    this.#recovery = setTimeout(() => this.#recovered(), RECOVERED_MS);
    let reason = 'it ended by itself';
    this.#killedFor = null;
    worker.on('error', (error) => {
      reason = textOfThrown(error);
    });
    worker.on('exit', (code) => {
      this.#line = null;
      line.close();
      const why = this.#killedFor ?? (code === 0 ? reason : `${reason} (exit code ${code})`);
      this.#exited(why);
    });
    for (const message of this.#waiting.splice(0)) line.post(message);
  }

  #recovered(): void {
    if (this.#deathCount === 0) return;
    this.#deathCount = 0;
    this.#spec.onRecovered();
  }

  #exited(reason: string): void {
    this.#worker = null;
    if (this.#recovery) clearTimeout(this.#recovery);
    if (this.#stopping) return;
    const waitMs = Math.min(
      RESTART_MS_MOST,
      RESTART_MS_FIRST * 2 ** Math.min(this.#deathCount, 20),
    );
    this.#deathCount += 1;
    this.#lastDeath = reason;
    this.#spec.onDeath(reason, waitMs);
    this.#restart = setTimeout(() => this.#start(), waitMs);
  }
}
