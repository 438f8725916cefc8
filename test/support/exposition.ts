// Reads Prometheus's text exposition as strictly as its own tools do; throws for what they complain of.
import assert from 'node:assert/strict';

export interface Family {
  readonly type: 'counter' | 'gauge';
  /** Value by the labels as written: `channel="a",outcome="counted"`. */
  readonly samples: ReadonlyMap<string, number>;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (\\S.*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)(?: (-?\\d+))?$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/y;
const NUMBER = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|Inf)$|^NaN$/i;

/** The families of a page, by name. */
export function readExposition(page: string): Map<string, Family> {
  assert.ok(page.endsWith('\n'), 'the last line ends');
  const families = new Map<string, Family & { samples: Map<string, number> }>();
  const helps = new Set<string>();
  let current = '';
  for (const line of page.split('\n').filter((text) => text !== '')) {
    const help = HELP.exec(line);
    const type = TYPE.exec(line);
    const sample = SAMPLE.exec(line);
    if (help) {
      assert.ok(!helps.has(help[1]!), `${help[1]} has help twice`);
      helps.add(help[1]!);
      current = help[1]!;
    } else if (type) {
      const [, name = '', kind = ''] = type;
      assert.equal(name, current, `the type of ${name} follows its help`);
      assert.ok(kind === 'counter' || kind === 'gauge', `${name} is a ${kind}`);
      lintName(name, kind);
      families.set(name, { type: kind, samples: new Map() });
    } else {
      assert.ok(sample, `not a line of the format: ${line}`);
      const [, name = '', labels = '', value = ''] = sample;
      assert.equal(name, current, `${name} stands with its family`);
      assert.match(value, NUMBER);
      checkLabels(labels);
      const { samples } = families.get(name)!;
      assert.ok(!samples.has(labels), `${name}{${labels}} is there twice`);
      samples.set(labels, Number(value.replace('Inf', 'Infinity')));
    }
  }
  return families;
}

/** What `promtool check metrics` says of names. */
function lintName(name: string, type: string): void {
  assert.equal(name.endsWith('_total'), type === 'counter', `${name} is a ${type}`);
  assert.match(name, /^[a-z][a-z0-9_]*$/, `${name} is in snake case`);
  assert.doesNotMatch(
    name,
    /_(?:gauge|counter|info_total|count|sum|bucket|milliseconds|minutes|hours|kilobytes|percent)(?:_|$)/,
    `${name} is in base units, and does not name its type`,
  );
}

function checkLabels(text: string): void {
  LABEL.lastIndex = 0;
  const names = new Set<string>();
  while (LABEL.lastIndex < text.length) {
    const label = LABEL.exec(text);
    assert.ok(label, `not labels: ${text}`);
    assert.ok(!names.has(label[1]!), `${label[1]} is there twice`);
    names.add(label[1]!);
    if (text[LABEL.lastIndex] === ',') LABEL.lastIndex += 1;
  }
}
