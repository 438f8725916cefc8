/** What main tells of: events to the log and to the store, problems to the page. Hides what must not be told. */
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { WeirEvent } from './model/channel.ts';
import type { Problem } from './model/problem.ts';
import { type Discretion, discretion, type Hidden } from './model/redaction.ts';

const OWN_FOLDER = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

export interface AnnouncerParts {
  /** Folders whose place on this machine is nobody's business. Absolute. */
  readonly folders: readonly string[];
  readonly secrets: readonly string[];
  /** Takes an event for the log: without secrets. */
  readonly onEvent: (event: WeirEvent) => void;
  /** Takes an event for the store: also without paths and stack traces. */
  readonly onOpenEvent: (event: WeirEvent) => void;
}

export class Announcer {
  readonly #parts: AnnouncerParts;
  readonly #folders: readonly string[];
  #secrets: readonly string[];
  #hidden!: Hidden;
  #discretion!: Discretion;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
    this.#folders = [...parts.folders, process.cwd(), OWN_FOLDER, homedir()];
    this.#secrets = parts.secrets;
    this.hide(parts.secrets);
  }

  /** What must not be told, for the threads that tell something themselves. */
  get hidden(): Hidden {
    return this.#hidden;
  }

  /** Takes the secrets of a new configuration. Those of the one before still come back from its feeds. */
  hide(secrets: readonly string[]): void {
    const both = [...new Set([...this.#secrets, ...secrets])];
    this.#secrets = secrets;
    this.#hidden = { secrets: both, folders: this.#folders };
    this.#discretion = discretion(this.#hidden);
  }

  tell(event: WeirEvent): void {
    const { onEvent, onOpenEvent } = this.#parts;
    onEvent({ ...event, detail: this.#discretion.log(event.detail) });
    onOpenEvent({ ...event, detail: this.open(event.detail) });
  }

  /** The text as anyone may read it. */
  open(text: string): string {
    return this.#discretion.open(text);
  }

  /** The text as the log may have it. */
  log(text: string): string {
    return this.#discretion.log(text);
  }

  openProblem({ code, message, place }: Problem): Problem {
    const open = { code, message: this.open(message) };
    return place ? { ...open, place: { ...place, file: this.open(place.file) } } : open;
  }
}
