// Texts that are UTF-8, and texts that are not (6.*): whole, and cut where it hurts. The sequences follow Markus Kuhn's
// "UTF-8 decoder capability and stress test".
import { badText, type Case, makeCase, text } from './case.ts';

const KOSME = 'cebae1bdb9cf83cebcceb5';
/** In hexadecimal: a group, and after the stroke whether each of its sequences is UTF-8. */
const GROUPS: readonly { readonly what: string; readonly good: string; readonly bad: string }[] = [
  {
    what: 'letters',
    good: `68656c6c6f24776f726c64 68656c6c6fc2a2776f726c64 68656c6c6fe282ac776f726c64 68656c6c6ff0a4ada2776f726c64 ${KOSME}`,
    bad: '',
  },
  {
    what: 'starts of a text',
    good: 'ce ceba cebae1bdb9 cebae1bdb9cf83 cebae1bdb9cf83cebc'.replace('ce ', ''),
    bad: 'ce cebae1 cebae1bd cebae1bdb9cf cebae1bdb9cf83ce cebae1bdb9cf83cebcce',
  },
  { what: 'the first of a length', good: '00 c280 e0a080 f0908080', bad: '' },
  { what: 'the first of a length that is not allowed', good: '', bad: 'f888808080 fc8480808080' },
  { what: 'the last of a length', good: '7f dfbf efbfbf f48fbfbf', bad: '' },
  {
    what: 'the last of a length that is not allowed',
    good: '',
    bad: 'f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf',
  },
  { what: 'other bounds', good: 'ed9fbf ee8080 efbfbd f48fbfbf', bad: 'f4908080' },
  {
    what: 'continuation without start',
    good: '',
    bad: '80 bf 80bf 80bf80 80bf80bf 80bf80bf80 80bf80bf80bf',
  },
  {
    what: 'start without continuation',
    good: '',
    bad: 'c020c120df20 e020e120ef20 f020f120f720 f820fb20 fc20fd20',
  },
  {
    what: 'the last continuation is missing',
    good: '',
    bad: 'c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf',
  },
  {
    what: 'all of these in a row',
    good: '',
    bad: 'c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf',
  },
  { what: 'bytes that never are', good: '', bad: 'fe ff fefeffff' },
  { what: 'overlong ASCII', good: '', bad: 'c0af e080af f08080af f8808080af fc80808080af' },
  { what: 'overlong at most', good: '', bad: 'c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf' },
  { what: 'overlong NUL', good: '', bad: 'c080 e08080 f0808080 f880808080 fc8080808080' },
  {
    what: 'single surrogates',
    good: '',
    bad: 'eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf',
  },
  {
    what: 'paired surrogates',
    good: '',
    bad: 'eda080edb080 eda080edbfbf edadbfedb080 edadbfedbfbf edae80edb080 edae80edbfbf edafbfedb080 edafbfedbfbf',
  },
  {
    what: 'code points that are no characters',
    good: 'efbfbe efbfbf f09fbfbe f09fbfbf f0afbfbe f0bfbfbf f18fbfbe f19fbfbf f2afbfbe f3bfbfbf f48fbfbe f48fbfbf',
    bad: '',
  },
  { what: 'specials', good: 'efbfb9 efbfba efbfbb efbfbc efbfbd efbfbe efbfbf', bad: '' },
];
/** The groups have the numbers of the suite, from 6.5 on; within one, good texts come first here. */
const FIRST_GROUP = 5;

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
const list = (digits: string): Buffer[] => (digits === '' ? [] : digits.split(' ').map(hex));
const singles = (bytes: Buffer): Buffer[] => [...bytes].map((byte) => Buffer.from([byte]));

export function utf8Cases(): Case[] {
  const hello = 'Hello-µ@ßöäüàá-UTF-8!!';
  const broken = hex(`${KOSME}eda080656469746564`);
  const far = [hex(KOSME), hex('f4908080'), hex('656469746564')];
  const invalid = { ends: [1007] };
  return [
    makeCase('6.1.1', 'an empty text', [text('')]),
    makeCase('6.1.2', 'an empty text in three frames', [text('', 3)]),
    makeCase('6.1.3', 'a text in many frames, empty pings between', [text('middle', 3, '')]),
    makeCase('6.2.1', 'letters of two bytes', [text(hello)]),
    makeCase('6.2.2', 'in two frames', [text(hello, 2)]),
    makeCase('6.2.3', 'in frames of one byte', [text(hello, 400)]),
    makeCase('6.2.4', 'Greek, in frames of one byte', [text(hex(KOSME), 400)]),
    makeCase('6.3.1', 'a surrogate in the middle', [badText(broken)], invalid),
    makeCase('6.3.2', 'in frames of one byte', [badText(...singles(broken))], invalid),
    makeCase('6.4.1', 'out of range, in three frames', [badText(...far)], invalid),
    makeCase('6.4.2', 'cut within a letter', [badText(hex(`${KOSME}f4`), hex('908080'))], invalid),
    makeCase('6.4.3', 'in three writes', [badText(Buffer.concat(far))], { ...invalid, chop: 11 }),
    makeCase('6.4.4', 'cut within a letter', [badText(Buffer.concat(far))], {
      ...invalid,
      chop: 12,
    }),
    ...GROUPS.flatMap(({ what, good, bad }, group) => [
      ...list(good).map((bytes, index) =>
        makeCase(`6.${FIRST_GROUP + group}.${index + 1}`, what, [text(bytes)]),
      ),
      ...list(bad).map((bytes, index) => {
        const id = `6.${FIRST_GROUP + group}.${list(good).length + index + 1}`;
        return makeCase(id, what, [badText(bytes)], invalid);
      }),
    ]),
  ];
}
