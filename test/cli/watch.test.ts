// Watching channels.yaml: what is being written is waited for, and what comes back is seen.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { LOOK_MS, REST_MS, SHORT_REST_MS, watchConfiguration } from '../../src/cli/watch.ts';
import { FakeTime } from '../support/fake-time.ts';
import { temporaryFolder } from '../support/folder.ts';

const TEXT = 'channels: one, two, three, four\n';

class Watched {
  readonly file: string;
  changes = 0;
  readonly #time = new FakeTime(0);

  private constructor(file: string) {
    this.file = file;
  }

  /** Watches a file that was read with these contents; its first rest is over. */
  static async start(t: TestContext, text = TEXT): Promise<Watched> {
    const watched = new Watched(join(temporaryFolder(t), 'channels.yaml'));
    writeFileSync(watched.file, text);
    const stop = watchConfiguration(watched.file, {
      timers: watched.#time,
      elapsed: () => watched.#time.elapsed(),
      size: text.length,
      changed: () => (watched.changes += 1),
    });
    t.after(stop);
    await watched.#looked();
    await watched.pass(REST_MS);
    assert.equal(watched.changes, 1, 'what was saved while Weir started is read');
    watched.changes = 0;
    return watched;
  }

  /** Lets so much time pass, look by look. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += LOOK_MS) {
      this.#time.goTo(this.#time.now() + LOOK_MS);
      await this.#looked();
    }
  }

  async #looked(): Promise<void> {
    while (this.#time.waiting === 0) await turn();
  }
}

test('a file that nobody touches is quiet', async (t) => {
  const watched = await Watched.start(t);
  await watched.pass(10_000);
  assert.equal(watched.changes, 0);
});

test('a file that was saved is told once, when it has rested', async (t) => {
  const watched = await Watched.start(t);
  writeFileSync(watched.file, `${TEXT}five\n`);
  await watched.pass(REST_MS);
  assert.equal(watched.changes, 0);
  await watched.pass(LOOK_MS);
  assert.equal(watched.changes, 1);
  await watched.pass(10_000);
  assert.equal(watched.changes, 1);
});

test('a file that grows is waited for, however long it takes', async (t) => {
  const watched = await Watched.start(t);
  for (let i = 0; i < 20; i++) {
    appendFileSync(watched.file, 'more\n');
    await watched.pass(REST_MS);
  }
  assert.equal(watched.changes, 0);
  await watched.pass(REST_MS);
  assert.equal(watched.changes, 1);
});

test('a file that became shorter may be half of one: it is waited for longer', async (t) => {
  const watched = await Watched.start(t);
  writeFileSync(watched.file, TEXT.slice(0, 15));
  await watched.pass(SHORT_REST_MS);
  assert.equal(watched.changes, 0);
  appendFileSync(watched.file, TEXT.slice(15));
  await watched.pass(REST_MS + LOOK_MS);
  assert.equal(watched.changes, 1, 'the whole file is told, and no half of it');
  writeFileSync(watched.file, TEXT.slice(0, 15));
  await watched.pass(SHORT_REST_MS + LOOK_MS);
  assert.equal(watched.changes, 2, 'a file that stays short is meant');
});

test('a file that is away for a moment is not told; one that stays away is, and so is its return, unchanged', async (t) => {
  const watched = await Watched.start(t);
  const away = `${watched.file}.away`;
  utimesSync(watched.file, 1_700_000_000, 1_700_000_000);
  await watched.pass(REST_MS + LOOK_MS);
  const before = watched.changes;
  renameSync(watched.file, away);
  await watched.pass(SHORT_REST_MS);
  assert.equal(watched.changes, before);
  await watched.pass(LOOK_MS);
  assert.equal(watched.changes, before + 1);
  renameSync(away, watched.file);
  await watched.pass(REST_MS + LOOK_MS);
  assert.equal(watched.changes, before + 2);
});

test('a file that is replaced by one of the same size and time is told, a symlink as well', async (t) => {
  const watched = await Watched.start(t);
  const other = `${watched.file}.new`;
  const time = 1_700_000_000;
  utimesSync(watched.file, time, time);
  await watched.pass(REST_MS + LOOK_MS);
  watched.changes = 0;
  writeFileSync(other, TEXT.toUpperCase());
  utimesSync(other, time, time);
  renameSync(other, watched.file);
  await watched.pass(REST_MS + LOOK_MS);
  assert.equal(watched.changes, 1);
  writeFileSync(other, TEXT);
  utimesSync(other, time, time);
  rmSync(watched.file);
  symlinkSync(other, watched.file);
  await watched.pass(REST_MS + LOOK_MS);
  assert.equal(watched.changes, 2);
});
