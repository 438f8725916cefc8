import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignThreads } from '../../src/model/assignment.ts';

const channel = (name: string, connectionKey: string, isolated = false) => ({
  name,
  connectionKey,
  isolated,
});
const names = (threads: readonly { readonly name: string }[][]) =>
  threads.map((thread) => thread.map(({ name }) => name));

test('channels of one connection stay in one thread, and threads are even', () => {
  const channels = [channel('a', 'x'), channel('b', 'y'), channel('c', 'x'), channel('d', 'z')];
  assert.deepEqual(names(assignThreads(channels, 2)), [
    ['a', 'c'],
    ['b', 'd'],
  ]);
});

test('there are never more threads than connections', () => {
  assert.equal(assignThreads([channel('a', 'x'), channel('b', 'x')], 8).length, 1);
  assert.deepEqual(assignThreads([], 4), []);
});

test('user code has a thread of its own, although it would share a connection', () => {
  const channels = [channel('a', 'x'), channel('mine', 'x', true), channel('b', 'x')];
  assert.deepEqual(names(assignThreads(channels, 1)), [['a', 'b'], ['mine']]);
});
