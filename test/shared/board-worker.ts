// The writing thread of the board's property test: batches as told, without a pause, then says so.
import { parentPort, workerData } from 'node:worker_threads';
import type { RingMemory } from '../../src/shared/ring.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import { at } from '../support/positions.ts';

const { ring, firstSecond, secondCount, batchesPerSecond } = workerData as {
  ring: RingMemory;
  firstSecond: number;
  secondCount: number;
  batchesPerSecond: number;
};

const writer = new RingWriter(ring);
let index = 0;
for (let second = firstSecond; second < firstSecond + secondCount; second++) {
  // The ring is full when the reader is behind; a spin is what a hurried writer does.
  while (!writer.open(second));
  for (let batch = 0; batch < batchesPerSecond; batch++) {
    const count = 1 + (batch % 5);
    index += count;
    writer.add('received', count);
    writer.add('counted', count);
    writer.addSum(count * 2, 0);
    for (let i = 0; i < count; i++) writer.addKey(writer.keys.slotOf(`key-${(index + i) % 7}`), 1);
    writer.commit(at(`1:${index}`));
  }
}
while (!writer.open(firstSecond + secondCount));
parentPort!.postMessage('done');
