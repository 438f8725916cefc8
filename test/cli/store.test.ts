// `weir store`: on a store that a writer holds meanwhile, and on one that nobody does.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../src/cli/index.ts';
import type { Retention } from '../../src/model/tier.ts';
import { PruneGate, REQUEST_FACT } from '../../src/timer/prune-gate.ts';
import { FakeTime } from '../support/fake-time.ts';
import { temporaryFolder } from '../support/folder.ts';
import { openStore, sqliteKind } from '../support/open-store.ts';
import { BY_KEY } from '../support/positions.ts';
import { cell, commit, fill, RETENTION, S, seal } from '../support/stored.ts';

/** Where `fill` has sealed to, Unix milliseconds. */
const FILLED = (S + 905) * 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Runs a command line within the test's own process. */
async function weir(...args: string[]) {
  const said = { out: '', err: '' };
  const code = await run(args, {
    print: (line) => (said.out += `${line}\n`),
    complain: (line) => (said.err += `${line}\n`),
  });
  return { code, ...said };
}

/** All there is of channel `keyed`, by second and by key. */
function historyIn(path: string) {
  const reader = sqliteKind.openReader(path);
  const range = { channel: 'keyed', from: S * 1_000, to: FILLED, definition: BY_KEY };
  const history = {
    cells: reader.cells({ ...range, tier: '1s' }).cells,
    minutes: reader.cells({ ...range, tier: '1m' }).cells,
    keyCells: reader.keyCells({ ...range, tier: '1s' }, null).cells,
    events: reader.events({ channels: null, before: null, limit: 100 }),
  };
  reader.close();
  return history;
}

test('backup: a whole copy that holds, for its owner alone, while the store is written', async (t) => {
  const { folder, path, writer, cells } = openStore(t);
  fill(writer);
  const before = historyIn(path);
  assert.equal(before.cells.length, 905);
  const copy = join(folder, 'copy.db');
  const { code, out, err } = await weir('store', 'backup', copy, path);
  assert.deepEqual([code, err], [0, '']);
  assert.equal(out, `Copied ${path} to ${copy}.\n`);
  assert.equal(statSync(copy).mode & 0o777, 0o600);
  // A later commit is in the store, and not in the copy.
  writer.commit(commit([seal('keyed', S + 906, [cell(S + 905, 1)])]));
  assert.equal(cells('keyed', '1s', S + 905).length, 1);
  assert.deepEqual(historyIn(copy), before);
  assert.match((await weir('audit', copy)).out, /^No difference\.$/m);
  const restored = sqliteKind.openWriter(copy, RETENTION);
  assert.equal(restored.state().sealed.get('keyed')!.sealedTo, S + 905);
  restored.close();
});

test('backup: the store of a channels.yaml is copied', async (t) => {
  const { folder, path, writer } = openStore(t);
  fill(writer);
  const yaml = join(folder, 'channels.yaml');
  writeFileSync(
    yaml,
    'store: { kind: sqlite, path: weir.db }\nchannels:\n  a: { feed: { kind: websocket, url: "ws://127.0.0.1:1" } }\n',
  );
  const copy = join(folder, 'copy.db');
  const { code, err } = await weir('store', 'backup', copy, yaml);
  assert.deepEqual([code, err], [0, '']);
  assert.deepEqual(historyIn(copy), historyIn(path));
});

test('backup: a file that is there already is left as it is', async (t) => {
  const { folder, path } = openStore(t);
  const taken = join(folder, 'taken');
  writeFileSync(taken, 'something else');
  const { code, err } = await weir('store', 'backup', taken, path);
  assert.equal(code, 2);
  assert.match(err, /taken is there already; name a new file/);
  assert.equal(readFileSync(taken, 'utf8'), 'something else');
});

/** A gate before a store that is filled, which prunes by `retention`; and how much of the seconds is there. */
function gated(t: TestContext, time: FakeTime) {
  const { path, writer, cells } = openStore(t);
  fill(writer);
  const told: string[] = [];
  const start = (retention: Retention, aliveAt: number | null = null) => {
    const tell = ({ detail }: { readonly detail: string }) => told.push(detail);
    return new PruneGate({ store: writer, retention, clock: time, tell }, aliveAt);
  };
  // Without the last ones, which no whole minute has yet: these stay in any case.
  const secondCount = () => cells('keyed', '1s', S, S + 900).length;
  return { path, told, start, secondCount };
}

test('trust-clock: ends the wait after a jump of the clock, so that old seconds go', async (t) => {
  const time = new FakeTime(FILLED);
  const { path, told, start, secondCount } = gated(t, time);
  const gate = start(RETENTION);
  time.setWall(DAY);
  gate.tick();
  assert.match(gate.waiting!, /weir store trust-clock ends this/);
  assert.equal(secondCount(), 900);
  const { code, out, err } = await weir('store', 'trust-clock', path);
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^Noted\. /);
  assert.equal(secondCount(), 900, 'it is for Weir to act');
  gate.tick();
  assert.equal(gate.waiting, null);
  assert.equal(told.at(-1), 'an operator trusts the clock');
  assert.equal(secondCount(), 0);
});

test('prune --yes: ends the wait after retain was shortened, and not the one after a jump', async (t) => {
  const time = new FakeTime(FILLED + 2 * HOUR);
  const { path, told, start, secondCount } = gated(t, time);
  start({ ...RETENTION, '1s': 3 * HOUR }).tick();
  const gate = start(RETENTION, time.now());
  gate.tick();
  assert.match(gate.waiting!, /weir store prune --yes ends this/);
  assert.equal(secondCount(), 900);
  assert.equal((await weir('store', 'prune', '--yes', path)).code, 0);
  gate.tick();
  assert.equal(gate.waiting, null);
  assert.equal(told.at(-1), 'an operator wants the shortened retain now');
  assert.equal(secondCount(), 0);
  time.setWall(DAY);
  await weir('store', 'prune', '--yes', path);
  gate.tick();
  assert.match(gate.waiting!, /trust-clock/);
});

test('prune without --yes is refused, and nothing is asked of Weir', async (t) => {
  const { path, writer } = openStore(t);
  const { code, err } = await weir('store', 'prune', path);
  assert.equal(code, 2);
  assert.match(err, /prune removes history for ever; add --yes/);
  assert.equal(writer.fact(REQUEST_FACT), null);
});

test('what is asked while no Weir runs is there at the next start', async (t) => {
  const { path, writer } = openStore(t);
  writer.close();
  assert.equal((await weir('store', 'trust-clock', path)).code, 0);
  const next = sqliteKind.openWriter(path, RETENTION);
  assert.equal(next.fact(REQUEST_FACT), 'trust-clock');
  next.close();
});

test('wrong arguments, or no store, end with exit code 2, and make no file', async (t) => {
  const nowhere = join(temporaryFolder(t), 'nowhere.db');
  const { folder, path } = openStore(t);
  const copy = join(folder, 'copy.db');
  for (const [args, pattern] of [
    [[], /say what to do: backup, trust-clock or prune/],
    [['restore', path], /say what to do/],
    [['backup'], /give the file to write/],
    [['backup', copy, path, 'more'], /give the file to write/],
    [['trust-clock', path, 'more'], /give one store/],
    [['backup', copy, nowhere], /There is no store at .*nowhere\.db/],
    [['trust-clock', nowhere], /There is no store at .*nowhere\.db/],
    [['prune', '--yes', nowhere], /There is no store at .*nowhere\.db/],
  ] as const) {
    const { code, out, err } = await weir('store', ...args);
    assert.deepEqual([code, out], [2, ''], args.join(' '));
    assert.match(err, pattern);
  }
  assert.deepEqual([existsSync(copy), existsSync(nowhere)], [false, false]);
});
