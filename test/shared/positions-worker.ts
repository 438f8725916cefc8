// The writing thread of the positions' property test: batches without a pause, each of a few shards.
import { workerData } from 'node:worker_threads';
import type { ShardPosition } from '../../src/model/position.ts';
import type { RingMemory } from '../../src/shared/ring.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';

const { ring, firstSecond, shardCount } = workerData as {
  ring: RingMemory;
  firstSecond: number;
  shardCount: number;
};

const writer = new RingWriter(ring);
let index = writer.views.rows.length > 0 ? totalOf(writer) : 0;
for (let second = Math.max(firstSecond, writer.newest + 1); ; second++) {
  while (!writer.open(second));
  for (let batch = 0; batch < 50; batch++) {
    const changes = new Map<string, string>();
    for (let i = 0; i < 3; i++) {
      index += 1;
      // Texts of many lengths, so that blocks of all sizes are taken and given back.
      changes.set(
        `shard ${(index * 7) % shardCount}`,
        `${index} ${'x'.repeat((index * 13) % 300)}`,
      );
    }
    writer.add('received', 3);
    writer.add('counted', 3);
    writer.commit(changes as Iterable<ShardPosition>);
  }
}

function totalOf({ positions }: RingWriter): number {
  return Math.max(0, ...[...positions.all()].map(([, text]) => Number.parseInt(text!, 10)));
}
