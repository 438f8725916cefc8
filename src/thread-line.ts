/**
 * Main's end of its line to a thread. The line is a channel of its own, and only Weir's code in the thread has the other
 * end: what a user's class posts to its parent does not come here.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { textOfThrown } from './model/thrown.ts';
import type { FromThread, ToThread } from './threads/messages.ts';

export interface ThreadLineParts {
  onMessage(message: FromThread): void;
  /** A message that main cannot handle; it is dropped. */
  onUnusable(reason: string): void;
}

export class ThreadLine {
  /** The thread's end, to be transferred to it. */
  readonly far: MessagePort;
  readonly #near: MessagePort;
  readonly #parts: ThreadLineParts;

  constructor(parts: ThreadLineParts) {
    this.#parts = parts;
    const { port1, port2 } = new MessageChannel();
    this.#near = port1;
    this.far = port2;
    port1.on('message', (message) => this.#hear(message));
    port1.on('messageerror', (error) => parts.onUnusable(textOfThrown(error)));
  }

  /** Posts to the thread; after `close`, nothing happens. */
  post(message: ToThread): void {
    this.#near.postMessage(message);
  }

  /** Hears what the thread posted before it ended, then closes the line. */
  close(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#near);
      if (!received) break;
      this.#hear(received.message);
    }
    this.#near.close();
  }

  #hear(message: unknown): void {
    try {
      this.#parts.onMessage(message as FromThread);
    } catch (error) {
      this.#parts.onUnusable(textOfThrown(error));
    }
  }
}
