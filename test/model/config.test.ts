import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseListen } from '../../src/model/config.ts';

test('addresses are read with host and port; without a host they are on loopback', () => {
  assert.deepEqual(parseListen('127.0.0.1:8765'), { host: '127.0.0.1', port: 8_765 });
  assert.deepEqual(parseListen('[::1]:0'), { host: '::1', port: 0 });
  assert.deepEqual(parseListen('localhost:80'), { host: 'localhost', port: 80 });
  assert.deepEqual(parseListen(':80'), { host: '127.0.0.1', port: 80 });
});

test('what is no address is null', () => {
  for (const text of ['', '80', '::1:0', 'a:b', 'a:', 'http://a:1', '[]:1', 'a:65536', 'a b:1']) {
    assert.equal(parseListen(text), null, text);
  }
});
