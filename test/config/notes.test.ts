// Notes: what is right in channels.yaml, and may not be what was meant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feedFile, load } from '../support/load.ts';

const notesOf = (...lines: string[]) => {
  const { notes, problems } = load(feedFile(...lines));
  assert.deepEqual(problems, []);
  return notes;
};

test('a value that YAML reads as a number, and a quoted text would match, is noted', () => {
  assert.deepEqual(notesOf('only: { code: 00007, v: [1.0, 8, "007"], b: True, h: 0x1F }'), [
    '6:21: YAML reads 00007 as the number 7; if the text is meant, put it in quotes: "00007"',
    '6:32: YAML reads 1.0 as the number 1; if the text is meant, put it in quotes: "1.0"',
    '6:51: YAML reads True as true; if the text is meant, put it in quotes: "True"',
    '6:60: YAML reads 0x1F as the number 31; if the text is meant, put it in quotes: "0x1F"',
  ]);
  assert.equal(
    notesOf('ignore: [{ a: 007 }, pong]', 'ready: { a: 1e3 }', 'refused: { a: +1 }').length,
    3,
  );
});

test('a value that means only what it says is not', () => {
  assert.deepEqual(
    notesOf('only: { a: 7, b: "007", c: true, d: 1.5, e: 9007199254740993, f: -3 }'),
    [],
  );
  assert.deepEqual(notesOf('frameBytesMax: 0x10000', 'compress: True'), []);
});

test('a number that JSON cannot have as it is written is noted in what is sent, and others are not', () => {
  assert.deepEqual(notesOf('subscribe: { a: 007, b: 1.10, c: 1e21 }'), [
    '6:23: YAML reads 007 as the number 7; if the text is meant, put it in quotes: "007"',
  ]);
});

test('a value that may be a secret is not in its note', () => {
  const [note, ...others] = notesOf('subscribe: { token: 0071234 }');
  assert.match(note!, /^6:27: YAML reads this as a number that is written otherwise/);
  assert.ok(!note!.includes('71234'));
  assert.deepEqual(others, []);
  const { notes } = load(feedFile('only:', '  a: ${A}', '  b: "${A}"'), { A: '0071234' });
  assert.deepEqual(
    notes.map((one) => one.split(': ')[0]),
    ['7:12'],
  );
  assert.ok(!notes.join().includes('71234'));
});

test('a list of texts is noted: it was one message before 0.2', () => {
  const note =
    '6:7: a list of texts is sent as one message a text; before 0.2 it was one JSON message, for which you now write [[…]]';
  assert.deepEqual(notesOf('subscribe: ["a", "b"]'), [note]);
  assert.deepEqual(notesOf('subscribe: ["a"]'), [note]);
  assert.deepEqual(notesOf('subscribe: [["a", "b"]]'), []);
  assert.deepEqual(notesOf('subscribe: ["a", { b: 1 }]'), []);
});
