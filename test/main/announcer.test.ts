// What main tells: to the log all but secrets, to the store what anyone may read; and never a flood of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Announcer } from '../../src/announcer.ts';
import { NOTE_EVERY_MS } from '../../src/counting/notes.ts';
import type { WeirEvent } from '../../src/model/channel.ts';
import { limitedEvents } from '../../src/threads/limited-events.ts';
import type { FromThread } from '../../src/threads/messages.ts';
import { FakeTime } from '../support/fake-time.ts';

function announcer(secrets: readonly string[]) {
  const log: string[] = [];
  const open: string[] = [];
  const made = new Announcer({
    folders: ['/srv/weir', '/mnt/my disk'],
    secrets,
    onEvent: ({ detail }) => log.push(detail),
    onOpenEvent: ({ detail }) => open.push(detail),
  });
  const tell = (detail: string) =>
    made.tell({ at: 1, channel: null, kind: 'rest-error', detail } satisfies WeirEvent);
  return { made, log, open, tell };
}

test('the log gets stack and paths, the store neither; nobody gets a secret', () => {
  const { log, open, tell } = announcer(['hunter22']);
  tell('The store /mnt/my disk/weir.db is full');
  assert.equal(open.pop(), 'The store weir.db is full');
  log.pop();
  tell('Error: hunter22 of /srv/weir/data/a.db\n    at f (/srv/weir/src/a.ts:1:2)');
  assert.deepEqual(log, ['Error: ••• of /srv/weir/data/a.db\n    at f (/srv/weir/src/a.ts:1:2)']);
  assert.deepEqual(open, ['Error: ••• of data/a.db']);
});

test('the secrets of the configuration before are still masked, those of the one before that no more', () => {
  const { made, log, tell } = announcer(['first-secret']);
  made.hide(['second-secret']);
  tell('first-secret second-secret');
  made.hide(['third-secret']);
  tell('first-secret second-secret third-secret');
  assert.deepEqual(log, ['••• •••', 'first-secret ••• •••']);
  assert.deepEqual(made.hidden.secrets, ['second-secret', 'third-secret']);
});

test('errors that a client can cause at will are told once in a while, with the number of the others', () => {
  const time = new FakeTime(1_000_000);
  const told: string[] = [];
  const events = limitedEvents(time, (message: FromThread) => {
    if (message.kind === 'event') told.push(message.event.detail);
  });
  const error = 'RangeError: x\n    at f (/a/b.ts:1:2)';
  for (let n = 0; n < 200; n++) events.event('rest-error', error);
  assert.deepEqual(told, [error]);
  time.goTo(1_000_000 + NOTE_EVERY_MS);
  events.event('rest-error', error);
  assert.deepEqual(told.slice(1), ['RangeError: x (and 199 more like it)\n    at f (/a/b.ts:1:2)']);
});
