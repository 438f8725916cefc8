/** One event of the stream: written once, sent to many, over SSE or a WebSocket. */

export type StreamEventName =
  | 'hello'
  | 'bucket'
  | 'channel'
  | 'channels'
  | 'event'
  | 'configuration'
  | 'ping'
  | 'resync'
  | 'bye';

export interface StreamEvent {
  readonly name: StreamEventName;
  /** What it tells of: a later event of the same slot makes this one worthless. */
  readonly slot: string;
  /** JSON. */
  readonly data: string;
}

/** Writes an event. Its slot defaults to its name: then there is one of the kind. */
export function streamEvent(name: StreamEventName, data: unknown, slot: string = name) {
  return { name, slot, data: JSON.stringify(data) } satisfies StreamEvent;
}

/** Events that are sent together. Only after the last one may a viewer resume, so only that has the id. */
export class Batch {
  readonly events: readonly StreamEvent[];
  /** null for events that are no part of what can be resumed. */
  readonly id: string | null;
  #sse: Buffer | null = null;
  #frames: readonly string[] | null = null;

  constructor(events: readonly StreamEvent[], id: string | null) {
    this.events = events;
    this.id = id;
  }

  /** As Server-Sent Events; one buffer for all who get it. */
  get sse(): Buffer {
    this.#sse ??= Buffer.from(
      this.events
        .map(({ name, data }, index) => {
          const id = this.#idAt(index);
          return `event: ${name}\n${id === null ? '' : `id: ${id}\n`}data: ${data}\n\n`;
        })
        .join(''),
    );
    return this.#sse;
  }

  /** As text frames of a WebSocket. */
  get frames(): readonly string[] {
    this.#frames ??= this.events.map(({ name, data }, index) => {
      const id = this.#idAt(index);
      return `{"event":"${name}"${id === null ? '' : `,"id":"${id}"`},"data":${data}}`;
    });
    return this.#frames;
  }

  #idAt(index: number): string | null {
    return index === this.events.length - 1 ? this.id : null;
  }
}
