/**
 * The link of one channel: whether its feed is connected and proven alive, and the gap while it is not.
 *
 * A gap is told when it opens and when it closes; its `from` stays what it is through every retry, also when the
 * thread is started anew, so that a gap is one gap.
 */
import { type Gap, type GapCause, TWICE_DETAIL } from '../model/bucket.ts';
import type { ClockStep } from '../model/clock.ts';
import { lengthText } from '../model/length.ts';
import type { Redact } from '../model/redaction.ts';
import { readCoveredTo, readLink, writeLink, writeProof } from '../shared/link-words.ts';
import type { RingViews } from '../shared/ring.ts';
import type { NoteLimit, Notes } from './notes.ts';
import { ShownTime, type Span } from './shown-time.ts';
import type { Timeline } from './timeline.ts';
import type { Pause } from './turns.ts';

/** Since when nobody has observed a channel, and why; Unix milliseconds. */
export interface BlindSince {
  readonly from: number;
  readonly cause: GapCause;
  readonly detail: string;
}

const DETAILS: Readonly<Record<Pause['cause'], string>> = {
  suspended: 'Weir or this machine was suspended',
  stalled: 'the thread was busy, and read nothing',
};

/** How long what waited may take to be read, where the feed does not say when it has been. */
const SETTLE_MS_MAX = 5_000;
/** Gaps that are remembered after they have ended. */
const ENDED_MAX = 100;

export interface LinkParts {
  readonly views: RingViews;
  readonly timeline: Timeline;
  readonly notes: Notes;
  readonly limit: NoteLimit;
  readonly blindSince: BlindSince;
  /** Makes a detail fit for board and store, which anyone may read. */
  readonly open: Redact;
}

export class ChannelLink {
  readonly #parts: LinkParts;
  readonly #shown: ShownTime;
  #gap: Gap | null;
  /** Gaps that have ended, of which a clock that goes back may show that they were shorter. */
  #ended: Gap[] = [];
  /** The gap of a pause of the thread that is not over. */
  #pause: Gap | null = null;
  /** When the thread read again; Unix milliseconds. */
  #pausedUntil = 0;

  /** `now`: Unix milliseconds. */
  constructor(parts: LinkParts, now: number) {
    this.#parts = parts;
    const { since, isNew } = takeOver(parts.views, parts.blindSince);
    this.#shown = new ShownTime(isNew ? null : since.from, now);
    this.#noteTwice(this.#shown.shownAfter(now));
    const from = Math.min(since.from, now);
    this.#gap = { ...since, from, detail: parts.open(since.detail), to: null };
    writeLink(parts.views, { state: 'connecting', since: this.#gap.from, detail: '' });
    parts.notes.gap(this.#gap);
  }

  /** Connected, and subscribed where the feed needs that, since `now`. */
  up(now: number): void {
    const { timeline, views, notes, limit } = this.#parts;
    if (timeline.observed) return;
    timeline.observe(now);
    writeLink(views, { state: 'up', since: now, detail: '' });
    writeProof(views, now);
    const gap = this.#gap;
    this.#gap = null;
    if (!gap) return;
    this.#end({ ...gap, to: Math.max(gap.from, now) });
    const blindMs = Math.max(0, Math.round(now - gap.from));
    if (gap.cause === 'reload') notes.event('reload', `reconnected after ${lengthText(blindMs)}`);
    else limit.event('connect', `not watching for ${lengthText(blindMs)}`);
  }

  /** Proof of life at `at`. */
  prove(at: number): void {
    writeProof(this.#parts.views, at);
    this.#parts.timeline.prove(at);
  }

  /**
   * No longer, or still not; `proven` when the link is known to have lived until `now`. `nextTry`: Unix milliseconds,
   * 0 where that is not known.
   */
  down(
    now: number,
    { detail, proven, nextTry }: { detail: string; proven: boolean; nextTry: number },
  ): void {
    const { timeline, views, notes, limit } = this.#parts;
    const open = this.#parts.open(detail);
    if (!timeline.observed) {
      const since = this.#gap?.from ?? now;
      writeLink(views, { state: 'down', since, detail: open, nextTry });
      limit.event('disconnect', detail);
      return;
    }
    this.#endPause(now);
    const from = timeline.stop(now, proven);
    writeLink(views, { state: 'down', since: from, detail: open, nextTry });
    this.#gap = { from, to: null, cause: 'feed', detail: open };
    notes.gap(this.#gap);
    const doubt = Math.round(now - from);
    const uncertain = doubt > 0 ? `; the ${lengthText(doubt)} before are uncertain` : '';
    limit.event('disconnect', detail + uncertain);
  }

  /**
   * The channel ends `at`, and its last second at `end`; Unix milliseconds. A gap that lasts is closed. The rest of the
   * second is a gap because of `gone`; null where the channel goes on elsewhere.
   */
  end({ at, end }: { readonly at: number; readonly end: number }, gone: string | null): void {
    const { notes } = this.#parts;
    const to = gone === null ? Math.floor(at) : end;
    if (this.#gap) notes.gap({ ...this.#gap, to: Math.max(this.#gap.from, to) });
    else if (gone !== null) notes.gap({ from: Math.floor(at), to, cause: 'reload', detail: gone });
    this.#gap = null;
  }

  /** The thread read nothing from `from` on: a gap, which ends with `settled`. */
  paused({ from, to, cause }: Pause): void {
    const { timeline } = this.#parts;
    if (!timeline.observed) return;
    this.#pausedUntil = to;
    if (this.#pause) return;
    timeline.hold(from);
    this.#pause = { from, to: null, cause, detail: DETAILS[cause] };
    this.#parts.notes.gap(this.#pause);
  }

  /** What waited while the thread was paused has been read, by `now`. */
  settled(now: number): void {
    if (!this.#pause) return;
    this.#parts.timeline.release(now);
    this.#endPause(now);
  }

  /** Whether what is read has waited while the thread was paused. */
  get isPaused(): boolean {
    return this.#pause !== null;
  }

  /** Called about once a second: a feed that answers no ping has had time to send what waited. */
  tick(now: number): void {
    if (this.#pause && now - this.#pausedUntil > SETTLE_MS_MAX) this.settled(now);
  }

  #endPause(now: number): void {
    const pause = this.#pause;
    if (!pause) return;
    this.#pause = null;
    this.#end({ ...pause, to: Math.max(pause.from, now) });
    this.#parts.notes.event('pause', `${pause.detail}, for ${lengthText(now - pause.from)}`);
  }

  /**
   * The clock stepped. Forward, with the link up: the span that was skipped is a gap, though no time passed. Back: what
   * was taken for a gap beyond the present is none, and what was shown of the time from there on is shown again.
   */
  stepped(step: ClockStep): void {
    const { from, to } = step;
    const again = this.#shown.step(step);
    if (to < from) {
      this.#noteTwice(again);
      return this.#steppedBack(to);
    }
    if (!this.#parts.timeline.observed) return;
    const detail = `the clock went forward by ${lengthText(to - from)}: it was set, or this machine slept`;
    this.#end({ from, to, cause: this.#pause?.cause ?? 'down', detail });
  }

  /** These spans are shown for the second time: their numbers are of both times. */
  #noteTwice(spans: readonly Span[]): void {
    for (const span of spans) {
      this.#parts.notes.gap({ ...span, cause: 'clock', detail: TWICE_DETAIL });
    }
  }

  #steppedBack(to: number): void {
    const { notes } = this.#parts;
    for (const gap of this.#ended) {
      if (gap.to !== null && gap.to > to) notes.gap({ ...gap, to: Math.max(gap.from, to) });
    }
    this.#ended = [];
    const gap = this.#gap;
    if (gap === null || gap.from <= to) return;
    notes.gap({ ...gap, to: gap.from });
    this.#gap = { ...gap, from: to };
    notes.gap(this.#gap);
  }

  #end(gap: Gap): void {
    this.#parts.notes.gap(gap);
    this.#ended.push(gap);
    if (this.#ended.length > ENDED_MAX) this.#ended.shift();
  }
}

/**
 * A thread that ran before left its link on the board: what it had covered, or the gap it was in. A channel is new where
 * no thread and no run has counted it before.
 */
function takeOver(
  views: RingViews,
  blindSince: BlindSince,
): { readonly since: BlindSince; readonly isNew: boolean } {
  const left = readLink(views);
  if (left.since === 0) return { since: blindSince, isNew: blindSince.cause === 'feed' };
  if (left.state === 'up') {
    const from = Math.max(left.since, readCoveredTo(views));
    return { since: { ...blindSince, from }, isNew: false };
  }
  return { since: { from: left.since, cause: 'feed', detail: left.detail }, isNew: false };
}
