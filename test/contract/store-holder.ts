// A thread that opens a store for writing and holds it until it is ended.
import { parentPort, workerData } from 'node:worker_threads';
import { storeKind } from '../../src/store/index.ts';

const { kind, location, retention } = workerData;
storeKind(kind)!.openWriter(location, retention);
parentPort!.postMessage('open');
setInterval(() => {}, 60_000);
