// Faults of one line that somebody could make, and the tests that must notice.

export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** The line as it is, or a part of it; it must be there once. */
  readonly line: string;
  readonly fault: string;
  readonly tests: readonly string[];
}

const counting = ['test/counting/channel-counter.test.ts'];
const ring = ['test/shared/ring.test.ts'];
const poison = ['test/counting/poison.test.ts'];
const board = ['test/property/board.property.test.ts', ...ring];
const timer = ['test/timer/timer.test.ts'];
const stores = ['test/contract/stores.test.ts'];
const feeds = [
  'test/feeds/resume.test.ts',
  'test/feeds/satori.test.ts',
  'test/feeds/satori-trouble.test.ts',
  'test/feeds/cobra.test.ts',
];
const link = ['test/contract/feeds-link.test.ts', ...feeds];
const buckets = ['test/model/bucket.test.ts'];
const reload = ['test/main/reload.test.ts'];
const rest = ['test/rest/rest.test.ts'];

export const MUTANTS: readonly Mutant[] = [
  // The board.
  {
    name: 'the row is not cleared when its second is opened',
    file: 'src/shared/ring-writer.ts',
    line: 'rows.fill(0, row * rowWords, (row + 1) * rowWords);',
    fault: '',
    tests: ring,
  },
  {
    name: 'a row that is not sealed is taken again',
    file: 'src/shared/ring-writer.ts',
    line: 'if (held !== 0 && held >= Atomics.load(control, CONTROL.sealed)) return false;',
    fault: '',
    tests: [...ring, ...counting],
  },
  {
    name: 'the running second counts as final',
    file: 'src/shared/ring-writer.ts',
    line: 'publishFinalPoint(this.views, this.newest);',
    fault: 'publishFinalPoint(this.views, this.newest + 1);',
    tests: [...board, ...counting],
  },
  {
    name: 'a committed journal is not finished by the next writer',
    file: 'src/shared/ring-writer.ts',
    line: 'if (Atomics.load(control, CONTROL.committed) !== Atomics.load(control, CONTROL.applied)) {',
    fault: 'if (Date.now() < 0) {',
    tests: board,
  },
  {
    name: 'the position is not in the journal',
    file: 'src/shared/ring-writer.ts',
    line: 'this.positions.journal(changes, this.#toJournal);',
    fault: '',
    tests: [...ring, ...counting],
  },
  {
    name: 'totals are forgotten',
    file: 'src/shared/ring-writer.ts',
    line: 'this.#totals[index]! += amount;',
    fault: '',
    tests: [...ring, ...counting],
  },
  {
    name: 'amendments go to the newest second',
    file: 'src/shared/ring-writer.ts',
    line: 'this.#past = second;',
    fault: '',
    tests: ring,
  },
  {
    name: 'an amendment that is final is added to in place',
    file: 'src/shared/amendment-queue.ts',
    line: 'this.#open.clear();',
    fault: '',
    tests: ring,
  },
  {
    name: 'the queue of amendments overruns',
    file: 'src/shared/amendment-queue.ts',
    line: 'waiting + staged + ENTRIES_A_MESSAGE <= AMENDMENTS_MAX',
    fault: 'true',
    tests: ring,
  },
  {
    name: 'the final point has the number of amendments of another moment',
    file: 'src/shared/final-points.ts',
    line: 'views.finalAmendments[slot] = rows[amendmentCountAt(rowWords)]!;',
    fault: 'views.finalAmendments[slot] = 0;',
    tests: ring,
  },
  {
    name: 'a ring that takes up another begins its amendments anew',
    file: 'src/shared/ring-writer.ts',
    line: 'rows[amendmentCountAt(rowWords)] = count;',
    fault: '',
    tests: ring,
  },
  // Counting.
  {
    name: 'doubt begins where the break was found',
    file: 'src/counting/timeline.ts',
    line: 'for (const { second, ms } of unproven) this.#addCovered(second, -ms);',
    fault: '',
    tests: counting,
  },
  {
    name: 'proof of life does not clear the doubt',
    file: 'src/counting/coverage.ts',
    line: 'if (this.#unproven.length > 0) this.#unproven = [];',
    fault: '',
    tests: counting,
  },
  {
    name: 'what was proven is doubted as well',
    file: 'src/counting/coverage.ts',
    line: 'this.#unproven.push(...bySecond(Math.max(from, this.#provenTo), to));',
    fault: 'this.#unproven.push(...bySecond(from, to));',
    tests: counting,
  },
  {
    name: 'coverage is credited over a step of the clock',
    file: 'src/counting/timeline.ts',
    line: 'this.#coverage.step(step.to);',
    fault: '',
    tests: counting,
  },
  {
    name: 'amendments after a step back wait until the clock is where it was',
    file: 'src/counting/timeline.ts',
    line: 'this.#writer.settle();',
    fault: '',
    tests: counting,
  },
  {
    name: 'an event time is taken for the arrival',
    file: 'src/counting/stamp.ts',
    line: 'return { at: time, late: now - time > LATE_MS_MAX, aheadMs: 0 };',
    fault: 'return { at: now, late: false, aheadMs: 0 };',
    tests: counting,
  },
  {
    name: 'a late message is not in the ledger',
    file: 'src/counting/placement.ts',
    line: "this.#writer.add('late', 1);",
    fault: '',
    tests: counting,
  },
  {
    name: 'replayed is off by one at the moment the link came up',
    file: 'src/counting/channel-counter.ts',
    line: 'time < this.#replayBefore',
    fault: 'time <= this.#replayBefore',
    tests: counting,
  },
  {
    name: 'position before count: the position is committed at once',
    file: 'src/counting/batch.ts',
    line: 'this.#changes.set(shard, position);',
    fault: 'this.#writer.commit([[shard, position]]);',
    tests: counting,
  },
  {
    name: 'a batch goes into the second after its own',
    file: 'src/counting/timeline.ts',
    line: 'if (writer.newest < second) this.#parts.flush();',
    fault: '',
    tests: [...counting, 'test/main/conservation.test.ts'],
  },
  {
    name: 'a position of another stream is taken up',
    file: 'src/feed-plan.ts',
    line: "known?.stream === ring.stream || known?.stream === '';",
    fault: 'known !== undefined;',
    tests: ['test/main/feed-plan.test.ts'],
  },
  {
    name: 'a gap begins anew with a new thread',
    file: 'src/counting/link.ts',
    line: 'if (left.since === 0) return { since: blindSince',
    fault: 'if (left.since >= 0) return { since: blindSince',
    tests: counting,
  },
  // Feeds.
  {
    name: 'history is asked for again',
    file: 'src/feeds/satori/subscription.ts',
    line: '...(this.sink.position(ONE_SHARD) === undefined && history ? { history } : {}),',
    fault: '...(history ? { history } : {}),',
    tests: feeds,
  },
  {
    name: 'a resume that the last counted message does not prove is believed',
    file: 'src/feeds/satori/subscription.ts',
    line: 'if (!this.#overlapSeen) this.#missOverlap();\n    return false;',
    fault: 'return false;',
    tests: feeds,
  },
  {
    name: 'a jump of dense numbers is off by one',
    file: 'src/feeds/websocket/dense-stream.ts',
    line: 'const missed = number - this.#highest - 1;',
    fault: 'const missed = number - this.#highest;',
    tests: ['test/feeds/sequence.test.ts'],
  },
  {
    name: 'repetitions are counted',
    file: 'src/feeds/websocket/intake.ts',
    line: "return verdict.kind !== 'duplicate';",
    fault: 'return true;',
    tests: feeds,
  },
  {
    name: 'of several messages at the cursor only one is a repetition',
    file: 'src/feeds/websocket/cursor.ts',
    line: 'count: point.count + 1',
    fault: 'count: 1',
    tests: feeds,
  },
  {
    name: 'a feed that skipped the cursor is believed',
    file: 'src/feeds/websocket/cursor.ts',
    line: 'if (resumed === null || resumed.repeated > 0',
    fault: 'if (resumed !== null || resumed === null',
    tests: feeds,
  },
  {
    name: 'replaying never ends',
    file: 'src/feeds/pings.ts',
    line: 'passed?.();',
    fault: '',
    tests: feeds,
  },
  {
    name: 'a broken link counts as a goodbye',
    file: 'src/feeds/connection.ts',
    line: 'const goodbye = reason === null && code !== ABNORMAL;',
    fault: 'const goodbye = true;',
    tests: link,
  },
  {
    name: 'frames of a socket that was given up are heard',
    file: 'src/feeds/connection.ts',
    line: 'if (current()) {\n        this.#live();',
    fault: 'if (true) {\n        this.#live();',
    tests: link,
  },
  {
    name: 'silence is not noticed',
    file: 'src/feeds/connection.ts',
    line: 'if (now - this.#lastLifeMs >= silenceMs) {',
    fault: 'if (now < 0) {',
    tests: link,
  },
  // Sealing and the store.
  {
    name: 'a seal is taken from what was final after it was read',
    file: 'src/timer/sealer.ts',
    line: 'sealedTo: Math.max(point.head, ring.sealed),',
    fault: 'sealedTo: ring.newest + 1,',
    tests: timer,
  },
  {
    name: 'a seal is said before the store has it',
    file: 'src/timer/sealer.ts',
    line: 'this.#store.commit({ at: now, seals, gaps: this.#gaps, events: this.#events });',
    fault:
      'due.forEach(({ channel: { ring } }, i) => ring.seal(seals[i]!.sealedTo)); this.#store.commit({ at: now, seals, gaps: this.#gaps, events: this.#events });',
    tests: timer,
  },
  {
    name: 'amendments are sealed again',
    file: 'src/timer/sealer.ts',
    line: 'ring.sealAmendments(amendmentCount);',
    fault: '',
    tests: timer,
  },
  {
    name: 'a timer thread that is started again seals again',
    file: 'src/timer/sealer.ts',
    line: 'ring.seal(Math.max(ring.sealed, stored.sealedTo));',
    fault: '',
    tests: timer,
  },
  {
    name: 'an amendment is not added to the coarser tiers',
    file: 'src/store/sqlite/session.ts',
    line: "if (tier !== '1s' && second >= row.rolled[tier]) return false;",
    fault: "if (tier !== '1s') return false;",
    tests: stores,
  },
  {
    name: 'what was awaited counts as healed',
    file: 'src/store/sqlite/session.ts',
    line: 'amendment.heals ? 1 : 0',
    fault: '1',
    tests: stores,
  },
  {
    name: 'the position is not stored',
    file: 'src/store/sqlite/session.ts',
    line: 'for (const position of positions) this.#positions.put(row.id, position);',
    fault: '',
    tests: stores,
  },
  // Buckets and REST.
  {
    name: 'a cell at an edge goes into the earlier bucket',
    file: 'src/model/bucket.ts',
    line: 'if (edges[middle]! <= at) low = middle + 1;',
    fault: 'if (edges[middle]! < at) low = middle + 1;',
    tests: buckets,
  },
  {
    name: 'a bucket with a loss is complete',
    file: 'src/model/bucket.ts',
    line: 'const whole = coveredMs >= lengthMs && missed === 0 && missedUnknown === 0;',
    fault: 'const whole = coveredMs >= lengthMs;',
    tests: buckets,
  },
  {
    name: 'nothing observed is shown as zero',
    file: 'src/model/bucket.ts',
    line: 'return received === 0 && coveredMs === 0 ? null : counted;',
    fault: 'return counted;',
    tests: [...buckets, ...rest],
  },
  {
    name: 'a bucket does not wait for what is on its way',
    file: 'src/rest/bucket-page.ts',
    line: 'stored.sealedTo) - waitMs;',
    fault: 'stored.sealedTo);',
    tests: rest,
  },
  {
    name: 'a second that was sealed meanwhile is counted twice',
    file: 'src/rest/live.ts',
    line: 'live.filter(({ start }) => start >= stored.sealedTo)',
    fault: 'live',
    tests: rest,
  },
  // Reload.
  {
    name: 'a changed channel closes before it connects anew',
    file: 'src/threads/feed-host.ts',
    line: 'this.#running.set(name, { lease, feed });\n    if',
    fault: 'this.#running.set(name, { lease, feed });\n    lease.begin();\n    if',
    tests: reload,
  },
  {
    name: 'a changed channel takes over without its position',
    file: 'src/counting/lease.ts',
    line: 'return this.begin()?.position(shard);',
    fault: 'this.begin(); return undefined;',
    tests: reload,
  },
  {
    name: 'a kept channel is taken for a changed one',
    file: 'src/reload.ts',
    line: 'return isDeepStrictEqual([feed, processor], [channel.feed, channel.processor]);',
    fault: 'return isDeepStrictEqual(former.get(channel.name), channel);',
    tests: reload,
  },
  {
    name: 'a message is condemned on the first death',
    file: 'src/counting/poison.ts',
    line: 'const isCondemned = isRepeated && ended.digest !== 0;',
    fault: 'const isCondemned = true;',
    tests: poison,
  },
  {
    name: 'another message under the number of a condemned one is refused',
    file: 'src/counting/poison.ts',
    line: 'one.number === number && one.digest === digest',
    fault: 'one.number === number',
    tests: poison,
  },
  {
    name: 'the numbers of condemned messages do not follow the position',
    file: 'src/counting/poison.ts',
    line: 'number: number - passed, digest',
    fault: 'number, digest',
    tests: poison,
  },
  {
    name: 'frames of one turn are committed together after a death',
    file: 'src/counting/poison.ts',
    line: 'if (this.#isAlone) this.#flush();\n    this.#isInFrame = true;',
    fault: 'this.#isInFrame = true;',
    tests: poison,
  },
  {
    name: 'a class finds the shared memory in node:worker_threads',
    file: 'src/threads/link-to-main.ts',
    line: '(threads as { workerData: unknown }).workerData = null;',
    fault: '',
    tests: ['test/main/poison.test.ts'],
  },
];
