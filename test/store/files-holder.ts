// A thread that writes a store, makes a backup on the way, and holds it open until it is ended.
import { parentPort, workerData } from 'node:worker_threads';
import { storeKind } from '../../src/store/index.ts';
import { cell, commit, RETENTION, S, seal } from '../support/stored.ts';

const { path, backup, backupAt, seconds } = workerData;
const kind = storeKind('sqlite')!;
const writer = kind.openWriter(path, RETENTION);
for (let n = 0; n < seconds; n++) {
  if (backupAt > 0 && n === backupAt) await kind.backUp(path, backup);
  writer.commit(commit([seal('a', S + n + 1, [cell(S + n, 10)])], { at: (S + n) * 1_000 }));
}
parentPort!.postMessage('written');
setInterval(() => {}, 60_000);
