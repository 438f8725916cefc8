// What people do to a store's files while Weir runs, and after a crash: nothing is lost, and nothing counts twice, in silence.
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { textChecksum } from '../../src/store/sqlite/checksum.ts';
import { StoreError, type StoreReader } from '../../src/store/store.ts';
import { temporaryFolder } from '../support/folder.ts';
import { careAt, openStore, sqliteKind } from '../support/open-store.ts';
import { BY_KEY } from '../support/positions.ts';
import { cell, commit, RETENTION, S, seal } from '../support/stored.ts';

const HOLDER = new URL('./files-holder.ts', import.meta.url);

const counted = (reader: StoreReader) =>
  reader
    .cells({
      channel: 'a',
      tier: '1s',
      from: S * 1_000,
      to: (S + 900) * 1_000,
      definition: BY_KEY,
    })
    .cells.reduce((sum, { tally }) => sum + tally.counted, 0);

/** The sum that a store holds, by a connection of its own. */
function stored(path: string): number {
  const reader = sqliteKind.openReader(path);
  try {
    return counted(reader);
  } finally {
    reader.close();
  }
}

/** Seals second `S + n`, of 10 messages. */
const second = (n: number) => commit([seal('a', S + n + 1, [cell(S + n, 10)])]);

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof StoreError);
    return `${error.kind}: ${error.message}`;
  }
  return assert.fail('it was opened');
}

test('a store that is claimed is claimed by every name; one with several names of its own is refused', (t) => {
  const { folder, path } = openStore(t);
  mkdirSync(join(folder, 'links'));
  const link = join(folder, 'links', 'other.db');
  symlinkSync(path, link);
  assert.match(
    refusal(() => sqliteKind.openWriter(link, RETENTION)),
    /another Weir is writing it/,
  );
  symlinkSync(folder, join(folder, 'links', 'folder'));
  const through = join(folder, 'links', 'folder', 'weir.db');
  assert.match(
    refusal(() => sqliteKind.openWriter(through, RETENTION)),
    /another Weir/,
  );
  const hard = join(folder, 'hard.db');
  linkSync(path, hard);
  assert.match(
    refusal(() => sqliteKind.openWriter(hard, RETENTION)),
    /refused: .*2 names \(hard/,
  );
});

test('a writer that finds the run of another one in its store writes no more', (t) => {
  const { writer, other, path } = openStore(t);
  writer.commit(second(0));
  const checksum = textChecksum(['run', 'another']);
  other.exec(`UPDATE meta SET value = 'another', checksum = ${checksum} WHERE name = 'run'`);
  assert.match(
    refusal(() => writer.commit(second(1))),
    /another Weir has begun to write it/,
  );
  assert.equal(stored(path), 10);
});

for (const [what, gone] of [
  ['its file', ['']],
  ['all three files', ['', '-wal', '-shm']],
  ['its folder', null],
] as const) {
  test(`${what} deleted while Weir runs: all is written anew at once, and readers find it`, (t) => {
    const { folder, writer, reader, path, care, other } = openStore(t);
    other.close();
    for (let n = 0; n < 3; n++) writer.commit(second(n));
    if (gone) for (const ending of gone) rmSync(path + ending, { force: true });
    else rmSync(folder, { recursive: true });
    writer.commit(second(3));
    assert.equal(stored(path), 40);
    assert.equal(counted(reader), 40);
    assert.match(care.told[0]!.detail, /its file was deleted while Weir ran; it was written anew/);
    writer.commit(second(4));
    assert.equal(counted(reader), 50);
    assert.equal(care.told.length, 1);
    assert.equal(sqliteKind.audit(path).differenceCount, 0);
  });
}

test('a file that is moved away stays where it was moved to, and all goes on in its old place', (t) => {
  const { writer, path, other, care } = openStore(t);
  other.close();
  writer.commit(second(0));
  renameSync(path, `${path}.away`);
  writer.commit(second(1));
  assert.equal(stored(path), 20);
  assert.ok(existsSync(`${path}.away`));
  assert.equal(care.told.length, 1);
});

test('a log that is deleted while Weir runs takes nothing with it', (t) => {
  const { writer, reader, path, care, other } = openStore(t);
  other.close();
  for (let n = 0; n < 3; n++) writer.commit(second(n));
  rmSync(`${path}-wal`);
  writer.commit(second(3));
  assert.equal(stored(path), 40);
  assert.equal(counted(reader), 40);
  assert.match(care.told[0]!.detail, /its log was deleted or moved/);
});

test("another file in the store's place is left alone; what Weir has is kept beside it", (t) => {
  const { folder, writer, reader, path, care, other } = openStore(t);
  other.close();
  const foreign = join(folder, 'foreign.db');
  const theirs = sqliteKind.openWriter(foreign, RETENTION);
  theirs.commit(commit([seal('a', S + 1, [cell(S, 7)])]));
  theirs.close();
  const before = readFileSync(foreign);
  for (let n = 0; n < 3; n++) writer.commit(second(n));
  renameSync(foreign, path);
  writer.commit(second(3));
  assert.match(care.told[0]!.detail, /another file was put in its place.*weir\.db\.moved-/);
  assert.match(writer.moved!, /restart Weir with the file that you want/);
  writer.commit(second(4));
  assert.equal(counted(reader), 50, 'the reader stays with the store it had');
  assert.equal(care.told.length, 1, 'reported once');
  writer.close();
  assert.deepEqual(readFileSync(path), before);
  const kept = readdirSync(folder).find((name) => /^weir\.db\.moved-[^.]*$/.test(name));
  assert.equal(stored(join(folder, kept!)), 50, 'what came later is kept, too');
});

for (const [what, harm] of [
  ['cut to nothing', (path: string) => truncateSync(path, 0)],
  ['cut in the middle', (path: string) => truncateSync(path, statSync(path).size >> 1)],
  ['written over with junk', (path: string) => writeFileSync(path, 'junk'.repeat(10_000))],
] as const) {
  test(`a file that is ${what} while Weir runs: it is kept aside, and channels go on in a new one`, (t) => {
    const { folder, writer, reader, path, care, other } = openStore(t);
    other.close();
    for (let n = 0; n < 3; n++) writer.commit(second(n));
    assert.equal(counted(reader), 30);
    harm(path);
    const harmed = readFileSync(path);
    writer.commit(second(3));
    assert.equal(stored(path), 10);
    assert.equal(counted(reader), 10, 'readers find the new one');
    const names = readdirSync(folder);
    assert.ok(
      names.every((name) => !/^weir\.db-wal\./.test(name)),
      'its log is with it',
    );
    assert.equal(care.told.length, 1);
    assert.match(care.told[0]!.detail, /somebody wrote over its file.*kept as weir\.db\.damaged-/);
    const kept = readdirSync(folder).find((name) => /^weir\.db\.damaged-[^.]*Z$/.test(name))!;
    assert.deepEqual(readFileSync(join(folder, kept)), harmed, 'and nothing was written to it');
  });
}

test('another store copied over the file while Weir runs is kept aside as it is', (t) => {
  const { folder, writer, path, care, other } = openStore(t);
  other.close();
  const foreign = join(folder, 'foreign.db');
  const theirs = sqliteKind.openWriter(foreign, RETENTION);
  theirs.commit(commit([seal('a', S + 1, [cell(S, 7)])]));
  theirs.close();
  for (let n = 0; n < 3; n++) writer.commit(second(n));
  copyFileSync(foreign, path);
  writer.commit(second(3));
  assert.equal(care.told.length, 1);
  assert.equal(stored(path), 10);
  const kept = readdirSync(folder).find((name) => /^weir\.db\.damaged-[^.]*Z$/.test(name))!;
  assert.deepEqual(readFileSync(join(folder, kept)), readFileSync(foreign));
});

test('another connection that writes a fact, and a checkpoint, alter nothing', (t) => {
  const { writer, path, care, other } = openStore(t);
  other.close();
  writer.commit(second(0));
  sqliteKind.leaveFact(path, 'x', 'y');
  const beside = new DatabaseSync(path);
  beside.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  beside.close();
  writer.commit(second(1));
  assert.equal(stored(path), 20);
  assert.equal(writer.fact('x'), 'y');
  assert.deepEqual(care.told, []);
});

/** A store whose writer is killed after some seconds, so that its log stays; a backup was made after `backupAt` of them. */
async function crashed(t: TestContext, { backupAt = 0, seconds = 5 } = {}) {
  const folder = temporaryFolder(t);
  const path = join(folder, 'weir.db');
  const backup = join(folder, 'backup.db');
  const worker = new Worker(HOLDER, { workerData: { path, backup, backupAt, seconds } });
  await new Promise((done) => worker.once('message', done));
  // As after a kill: the files as they are now, with the log that nobody has written back.
  const image = new Map(
    ['', '-wal', '-shm', '.generation'].map((e) => [e, readFileSync(path + e)]),
  );
  await worker.terminate();
  for (const [ending, bytes] of image) writeFileSync(path + ending, bytes);
  assert.ok(statSync(`${path}-wal`).size > 0);
  return { folder, path, backup };
}

test('after a crash the log is replayed, as ever', async (t) => {
  const { path } = await crashed(t);
  const care = careAt((S + 900) * 1_000);
  const writer = sqliteKind.openWriter(path, RETENTION, care);
  assert.equal(stored(path), 50);
  assert.deepEqual(care.told, []);
  writer.close();
});

test('a backup that is put back after a crash is what it was: the log of the other file is set aside', async (t) => {
  const { folder, path, backup } = await crashed(t, { backupAt: 2 });
  copyFileSync(backup, path);
  const care = careAt((S + 900) * 1_000);
  const writer = sqliteKind.openWriter(path, RETENTION, care);
  assert.equal(stored(path), 20);
  assert.match(
    care.told[0]!.detail,
    /put back to an older copy: the log .*kept as weir\.db\.foreign-/,
  );
  assert.ok(readdirSync(folder).some((name) => /^weir\.db\.foreign-.*-wal$/.test(name)));
  writer.close();
  assert.equal(sqliteKind.audit(path).differenceCount, 0);
});

test('a store that was put back after a stop in order says how old it is', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'weir.db');
  const run = (n: number) => {
    const care = careAt((S + 900) * 1_000);
    const writer = sqliteKind.openWriter(path, RETENTION, care);
    writer.commit({ ...second(n), at: (S + n) * 1_000 });
    writer.prune((S + n) * 1_000);
    writer.close();
    return care.told;
  };
  assert.deepEqual(run(0), []);
  copyFileSync(path, `${path}.old`);
  assert.deepEqual(run(1), []);
  assert.deepEqual(run(2), []);
  copyFileSync(`${path}.old`, path);
  assert.match(run(3)[0]!.detail, /The store is older than the one that was written last/);
});
