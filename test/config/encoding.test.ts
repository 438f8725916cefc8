// The bytes of channels.yaml: UTF-8, or a problem that says what they seem to be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../src/config/encoding.ts';
import { formatProblem } from '../../src/model/problem.ts';

const YAML = 'channels:\n  a:\n    title: Straße 5 € ü\n';

const said = (bytes: Uint8Array): string => {
  const decoded = decode(bytes, 'c.yaml');
  return 'problem' in decoded ? formatProblem(decoded.problem) : decoded.text;
};
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const MARK = '\ufeff';

test('UTF-8 is read, with a mark at its beginning or without', () => {
  assert.equal(said(Buffer.from(YAML)), YAML);
  assert.equal(said(Buffer.from(MARK + YAML)), YAML);
  assert.equal(said(Buffer.from('')), '');
  assert.equal(said(Buffer.from('a: "\0"')), 'a: "\0"');
  assert.equal(said(Buffer.from('a: \ufffd')), 'a: \ufffd');
});

test('UTF-16 and UTF-32 are named, by their mark or by their zero bytes', () => {
  const refusal = (name: string) =>
    `c.yaml:1:1: the file is ${name}, and must be UTF-8; save it as UTF-8`;
  assert.equal(said(Buffer.from(MARK + YAML, 'utf16le')), refusal('UTF-16 LE'));
  assert.equal(said(utf16be(MARK + YAML)), refusal('UTF-16 BE'));
  assert.equal(said(Buffer.from(YAML, 'utf16le')), refusal('UTF-16 LE'));
  assert.equal(said(utf16be(YAML)), refusal('UTF-16 BE'));
  assert.equal(said(Buffer.from([0xff, 0xfe, 0, 0, 97, 0, 0, 0])), refusal('UTF-32 LE'));
  assert.equal(said(Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 97])), refusal('UTF-32 BE'));
});

test('one byte a character is told at the first byte that is no UTF-8', () => {
  const latin = Buffer.from('a: 1\nb: Stra\xdfe\n', 'latin1');
  assert.match(
    said(latin),
    /^c\.yaml:2:8: .* byte DF .* seems to be Latin-1 .* or Windows-1252; save it as UTF-8$/,
  );
  const windows = Buffer.from('a: "5 \x80"\n', 'latin1');
  assert.match(said(windows), /^c\.yaml:1:7: .* byte 80 .* seems to be Windows-1252; save/);
  const mixed = Buffer.concat([Buffer.from('# ü€😀\n# ü€😀 '), Buffer.from([0xe9, 0x0a])]);
  assert.match(said(mixed), /^c\.yaml:2:8: .* byte E9 /);
});

test('a file that ends inside a character is told to be cut off', () => {
  const cut = (length: number) => said(Buffer.from('a: 😀').subarray(0, length));
  for (const length of [4, 5, 6])
    assert.match(cut(length), /^c\.yaml:1:4: the file ends in the middle/);
});
