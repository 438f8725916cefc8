// One viewer: what it gets while it keeps up, while it does not, and after too much.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Batch, streamEvent } from '../../src/rest/stream/stream-event.ts';
import { type Outlet, PENDING_MAX, STALLED_MS_MAX, Viewer } from '../../src/rest/stream/viewer.ts';

function startViewer() {
  const sent: Batch[] = [];
  const state = { takes: true, now: 0, merged: 0, overflowed: 0, room: () => {} };
  const outlet: Outlet = {
    send(batch) {
      sent.push(batch);
      return state.takes;
    },
    whenRoom(callback) {
      state.room = callback;
    },
    end: async () => {},
    destroy() {},
  };
  const viewer = new Viewer(outlet, () => state.now, {
    merged: (count) => {
      state.merged += count;
    },
    overflowed: () => {
      state.overflowed += 1;
    },
  });
  const offer = (seq: number, ...slots: string[]) =>
    viewer.offer(
      new Batch(
        slots.map((slot) => streamEvent('bucket', { slot, seq }, slot)),
        `e-${seq}`,
      ),
    );
  return { viewer, sent, state, offer };
}

test('a viewer that keeps up gets every batch as it is', () => {
  const { sent, offer } = startViewer();
  offer(1, 'a', 'b');
  offer(2, 'a');
  assert.deepEqual(
    sent.map(({ id, events }) => [id, events.length]),
    [
      ['e-1', 2],
      ['e-2', 1],
    ],
  );
});

test('one that does not gets the latest of each slot, with the last id, once there is room', () => {
  const { viewer, sent, state, offer } = startViewer();
  state.takes = false;
  offer(1, 'a');
  offer(2, 'a', 'b');
  offer(3, 'a', 'c');
  assert.deepEqual([sent.length, viewer.pendingCount, state.merged], [1, 3, 1]);
  state.takes = true;
  state.room();
  assert.equal(sent.length, 2);
  assert.equal(sent[1]!.id, 'e-3');
  assert.deepEqual(
    sent[1]!.events.map(({ data }) => JSON.parse(data)),
    [
      { slot: 'a', seq: 3 },
      { slot: 'b', seq: 2 },
      { slot: 'c', seq: 3 },
    ],
  );
  offer(4, 'a');
  assert.equal(sent[2]!.id, 'e-4');
});

test('what waits is bounded: beyond it there is one resync instead', () => {
  const { viewer, sent, state, offer } = startViewer();
  state.takes = false;
  offer(1, 'x');
  for (let seq = 2; seq < 4 * PENDING_MAX; seq++) {
    offer(seq, `slot ${seq}`);
    assert.ok(viewer.pendingCount <= PENDING_MAX);
  }
  state.takes = true;
  state.room();
  const { name, data } = sent.at(-1)!.events[0]!;
  assert.deepEqual([name, JSON.parse(data), state.overflowed], ['resync', { reason: 'slow' }, 1]);
});

test('it is lost when it has taken nothing for too long, and not before', () => {
  const { viewer, state, offer } = startViewer();
  assert.equal(viewer.isLost(1e9), false, 'nothing to take is no reason');
  state.takes = false;
  offer(1, 'a');
  assert.equal(viewer.isLost(STALLED_MS_MAX), false);
  assert.equal(viewer.isLost(STALLED_MS_MAX + 1), true);
  state.takes = true;
  state.room();
  assert.equal(viewer.isLost(1e9), false);
});
