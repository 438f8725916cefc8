/*
 * Texts of any kind as channels.yaml: every problem has its place in the text and tells no secret, and what was accepted
 * once is accepted when written anew. How it runs and how a failure is had again: campaign.ts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { kinds } from '../../src/cli/configuration.ts';
import { type Loaded, loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/model/config.ts';
import { stringifyShown } from '../../src/model/exact-json.ts';
import { formatDuration } from '../../src/model/interval.ts';
import { formatProblem } from '../../src/model/problem.ts';
import { campaign } from './campaign.ts';
import type { Dice } from './dice.ts';
import { mutate } from './mutate.ts';
import { NASTY_YAML, SECRETS, yamlText } from './yaml-grammar.ts';

/** Parts of secrets that would give them away. */
const TELLTALES = ['sesame', 'zzyzx', 'hunter2', 'c0rrect', 'staple'];

test('no text makes the loader throw, point nowhere, or tell a secret', async (t) => {
  await campaign(t, 1_200, (dice, figures) => {
    const text = someText(dice);
    const loaded = load(text);
    figures.add(loaded.config ? 'accepted' : 'refused');
    figures.add('problems', loaded.problems.length);
    figures.add('notes', loaded.notes.length);
    assertTellsNothing([...loaded.notes.map(formatProblem), stringifyShown(loaded.shown)].join());
    if (loaded.config) assertAcceptedAgain(loaded.config);
    else assertProblems(text, loaded);
  });
});

function load(text: string): Loaded {
  return loadConfig(text, { file: 'c.yaml', environment: SECRETS, kinds, readSecret });
}

/** Every file that is asked for holds a secret that everybody may read. */
const readSecret = () => ({ text: SECRETS['APPKEY']!, remark: 'everybody may read it' });

function assertTellsNothing(said: string): void {
  for (const part of TELLTALES) assert.ok(!said.includes(part), `a secret was told: ${said}`);
}

function someText(dice: Dice): string {
  const text = yamlText(dice);
  if (dice.once(2)) return text;
  const other = Buffer.from(dice.once(2) ? yamlText(dice) : dice.pick(NASTY_YAML).slice(0, 400));
  return mutate(dice, Buffer.from(text), other).toString(dice.once(10) ? 'latin1' : 'utf8');
}

function assertProblems(text: string, { problems }: Loaded): void {
  assert.ok(problems.length > 0, 'refused without a reason');
  const lines = text.split('\n');
  for (const problem of problems) {
    const { message, place } = problem;
    const said = formatProblem(problem);
    assert.ok(message.length > 3, said);
    assert.ok(!/undefined|\[object/.test(message) || text.includes('undefined'), said);
    assert.ok(place && place.file === 'c.yaml', said);
    assert.ok(place.line >= 1 && place.line <= lines.length, `${said} of ${lines.length} lines`);
    const line = lines[place.line - 1]!;
    assert.ok(place.column >= 1 && place.column <= line.length + 1, `${said} of ${line.length}`);
    assertTellsNothing(said);
  }
}

/** Writes the configuration as a file, and reads it back as the same. */
function assertAcceptedAgain(config: Config): void {
  const text = stringify(plain(asFile(asSent(config))));
  const again = load(text);
  assert.deepEqual(again.problems, [], `what was accepted is refused when written anew:\n${text}`);
  assert.deepEqual(asSent(again.config!), asSent(config));
}

/** The configuration with what a feed sends in place of how the file has it: a list of texts may stand for anything. */
function asSent(config: Config): Config {
  const channels = config.channels.map(({ feed, ...channel }) => {
    const subscription = feed['subscribe'] as { readonly frames: readonly string[] } | undefined;
    const subscribe = subscription && { subscribe: subscription.frames };
    return { ...channel, feed: { ...feed, ...subscribe } };
  });
  // Which texts are secrets depends on the variables, which are values by now.
  return { ...config, channels, secrets: [] };
}

function asFile(config: Config): unknown {
  const { listen, retain, threads, rtm, channels, secrets: _secrets, ...rest } = config;
  const { host, port } = listen;
  return {
    ...rest,
    listen: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    retain: Object.fromEntries(Object.entries(retain).map(([k, ms]) => [k, formatDuration(ms)])),
    ...(threads === null ? {} : { threads }),
    ...(rtm === null ? {} : { rtm }),
    channels: Object.fromEntries(channels.map(({ name, ...channel }) => [name, channel])),
  };
}

/** Texts are values by now: nothing in them is a variable any more. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
