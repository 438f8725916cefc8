/** The `rtm:` section of channels.yaml. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { z } from 'zod';
import { rtmOptions } from '../../src/rtm/options.ts';

test('an empty section gives a whole configuration', () => {
  assert.deepEqual(rtmOptions.parse({}), {
    listen: '127.0.0.1:0',
    appkey: 'demo',
    roles: {},
    restricted: [],
    retention: { messages: 10_000, age: '10m', bytes: 268_435_456 },
    channelsMax: 1_000,
    connectionsMax: 1_000,
    pduBytesMax: 1_048_576,
    replay: [],
  });
  const { replay } = rtmOptions.parse({ replay: [{ file: 'a.jsonl' }] });
  assert.deepEqual(replay, [{ file: 'a.jsonl', speed: 1, loop: true }]);
});

test('unknown keys and impossible values are refused', () => {
  const bad = [
    { port: 1 },
    { listen: 'localhost' },
    { listen: '127.0.0.1:70000' },
    { appkey: '' },
    { roles: { a: {} } },
    { roles: { default: {}, a: { allow: ['read'] } } },
    { restricted: ['$a'] },
    { roles: { a: { secret: '' } } },
    { roles: { a: { secret: 's', allow: ['admin'] } } },
    { retention: { age: 'long' } },
    { retention: { messages: 0 } },
    { pduBytesMax: 10 },
    { replay: [{}] },
    { replay: [{ file: 'a', speed: 0 }] },
    { replay: [{ file: 'a', speed: 'fast' }] },
    { replay: [{ file: 'a', channel: '$a' }] },
    { machine: '' },
  ];
  for (const options of bad) {
    assert.equal(rtmOptions.safeParse(options).success, false, JSON.stringify(options));
  }
});

test('every option is described in the JSON Schema', () => {
  const schema = z.toJSONSchema(rtmOptions, { target: 'draft-2020-12', io: 'input' });
  for (const [name, property] of describedProperties(schema)) {
    assert(property.description, `${name} has no description`);
  }
});

type Schema = z.core.JSONSchema.BaseSchema;

/** Every property of a schema, however deep. */
function* describedProperties(schema: Schema): Generator<[string, Schema]> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (typeof property === 'boolean') continue;
    yield [name, property];
    yield* describedProperties(property);
  }
  for (const inner of [schema.items, schema.additionalProperties]) {
    if (typeof inner === 'object' && !Array.isArray(inner)) yield* describedProperties(inner);
  }
}
