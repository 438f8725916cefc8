/** A sender and its readers, one after the other: each gets a stream of its own, and reports what it cost. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Report } from './report.ts';
import type { Sent } from './sender.ts';
import type { Work } from './sides.ts';
import type { Shape } from './traffic.ts';

/** How a reader is started; the address and the work are added. */
export interface Program {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export class Stream {
  readonly #sender: ChildProcess;

  private constructor(sender: ChildProcess) {
    this.#sender = sender;
  }

  /** Resolves when everything that is sent has been made. */
  static async open(shape: Shape): Promise<Stream> {
    const given = [JSON.stringify(shape)];
    const stream = new Stream(fork(new URL('sender.ts', import.meta.url), given));
    await stream.#heard();
    return stream;
  }

  /** Lets `program` read so many frames. `hear` gets the lines that it prints before its report. */
  async read(
    { command, environment }: Program,
    work: Work,
    frameCount: number,
    { extra = [], hear = () => {} }: { extra?: string[]; hear?: (line: unknown) => void } = {},
  ): Promise<{ readonly sent: Sent; readonly report: Report }> {
    this.#sender.send({ frameCount });
    const { url } = (await this.#heard()) as { url: string };
    const [file, ...args] = command as [string, ...string[]];
    const reader = spawn(file, [...args, url, work, ...extra], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(reader, 'exit');
    let report: Report | null = null;
    try {
      const sent = this.#heard();
      for await (const line of createInterface(reader.stdout!)) {
        const said = JSON.parse(line);
        if ('cpuSeconds' in said) report = said;
        else hear(said);
      }
      await ended;
      // A reader that dies leaves a sender that waits, so it is looked at first.
      if (report === null) throw new Error(`${file} ended without a report`);
      return { sent: ((await sent) as { sent: Sent }).sent, report };
    } finally {
      reader.kill();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#sender;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#sender, 'exit');
    this.#sender.kill();
    await ended;
  }

  async #heard(): Promise<unknown> {
    const [message] = await once(this.#sender, 'message');
    return message;
  }
}
