// Who may come in: hosts, origins, clients. One table for each question, with every kind of answer in it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Caller } from '../../src/admission/client.ts';
import { exposureProblem, type PageHints } from '../../src/admission/gate.ts';
import { IN_THE_FILE } from '../../src/admission/remedies.ts';
import { gateWith } from '../support/gate.ts';

interface Given {
  readonly headers?: Record<string, string>;
  readonly url?: string;
  readonly from?: string;
  readonly at?: string;
}

function caller({ headers = {}, url = '/', from = '127.0.0.1', at = '127.0.0.1' }: Given): Caller {
  return { headers, url, socket: { remoteAddress: from, localAddress: at } };
}

describe('Host', () => {
  const gate = gateWith({ listenHost: 'Box.lan', allowedHosts: ['weir.example.org'] });
  const refusal = (host: string | undefined, url = '/') =>
    gate.hostRefusal(caller({ url, headers: host === undefined ? {} : { host } }));

  test('loopback names, IP addresses, the name in listen and allowed names pass, whatever the port', () => {
    const known = [
      'localhost',
      'localhost:9347',
      'LOCALHOST.',
      'weir.localhost:1',
      '127.0.0.1:9347',
      '192.0.2.7',
      '[::1]:9347',
      '[2001:db8::7]',
      'box.lan',
      'BOX.lan:80',
      'weir.example.org',
      'Weir.Example.Org.:8443',
    ];
    for (const host of known) assert.equal(refusal(host), null, host);
  });

  test('any other name is refused, and so is none', () => {
    const foreign = [
      'evil.example',
      'evil.example:9347',
      'weir.example.org.evil.example',
      'notlocalhost',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '127.0.0.1@evil.example',
      '2130706433',
      '0x7f.1',
      '[evil]',
      '::1',
      'a b',
      '',
      'box.lan:99999',
      undefined,
    ];
    for (const host of foreign) assert.equal(refusal(host)?.code, 'unknown-host', String(host));
  });

  test('the refusal names the line to write, for a name that can stand in it', () => {
    assert.match(
      refusal('Weir.Other.org:80')!.detail,
      /write allowedHosts: \[weir\.other\.org\] in/,
    );
    assert.doesNotMatch(refusal('x"]: y')!.detail, /allowedHosts/);
  });

  test('a whole address in the request line counts instead of the header', () => {
    assert.equal(refusal('localhost', 'http://evil.example/x')?.code, 'unknown-host');
    assert.equal(refusal('evil.example', 'http://localhost:9347/x'), null);
  });
});

describe('Origin', () => {
  const gate = gateWith({
    allowedHosts: ['weir.example.org', '192.0.2.7'],
    allowedOrigins: ['https://dash.example.org', 'http://[::1]:3000', 'app://weir'],
  });
  const refusal = (origin: string | undefined, host = '127.0.0.1:9347') =>
    gate.originRefusal(caller({ headers: { host } }), origin);

  test("Weir's own pages pass: host and port are those of Host, a missing port is the scheme's", () => {
    const own: [string, string][] = [
      ['http://127.0.0.1:9347', '127.0.0.1:9347'],
      ['http://localhost:9347', 'localhost:9347'],
      ['HTTP://LocalHost:9347', 'localhost:9347'],
      ['https://other.example', 'other.example'],
      ['https://other.example', 'other.example:443'],
      ['http://other.example:80', 'other.example'],
      ['ws://127.0.0.1:9347', '127.0.0.1:9347'],
      ['http://[::1]:9347', '[::1]:9347'],
    ];
    for (const [origin, host] of own) assert.equal(refusal(origin, host), null, origin);
  });

  test('a public name in allowedHosts passes with any port and scheme: a proxy may have changed Host', () => {
    for (const origin of ['https://weir.example.org', 'http://weir.example.org:8443']) {
      assert.equal(refusal(origin), null, origin);
    }
  });

  test('allowed origins pass as they are written', () => {
    for (const origin of [
      'https://dash.example.org',
      'https://DASH.example.org:443',
      'http://[::1]:3000',
      'app://weir',
    ]) {
      assert.equal(refusal(origin), null, origin);
    }
  });

  test('no Origin passes: it is no page', () => {
    assert.equal(refusal(undefined), null);
  });

  test('everything else is refused; loopback and IP addresses with another port too', () => {
    const foreign = [
      'https://evil.example',
      'http://dash.example.org',
      'https://dash.example.org:444',
      'https://dash.example.org.evil.example',
      'http://127.0.0.1:9348',
      'http://localhost:9347',
      'http://localhost',
      'http://192.0.2.7:8080',
      'https://127.0.0.1',
      'null',
      'file://',
      '',
      'https://',
      'https://evil.example/path',
      'https://127.0.0.1:9347@evil.example',
    ];
    for (const origin of foreign) assert.equal(refusal(origin)?.code, 'foreign-origin', origin);
  });

  test('the refusal names the line to write; there is none for a page without an origin', () => {
    assert.match(
      refusal('http://127.0.0.1:5173')!.detail,
      /write allowedOrigins: \["http:\/\/127\.0\.0\.1:5173"\] in/,
    );
    assert.doesNotMatch(refusal('null')!.detail, /allowedOrigins/);
  });

  test('only a page of another site is one to be told that it may read', () => {
    const allowed = (origin?: string) =>
      gate.allowedForeignOrigin(
        caller({ headers: { host: 'localhost:9347', ...(origin ? { origin } : {}) } }),
      );
    assert.equal(allowed('https://dash.example.org'), 'https://dash.example.org');
    assert.equal(allowed('http://localhost:9347'), null);
    assert.equal(allowed('https://evil.example'), null);
    assert.equal(allowed(), null);
  });

  test('a script without Origin is judged by what the browser reports of its page', () => {
    const none: PageHints = { site: undefined, mode: undefined, referer: undefined };
    const code = (hints: Partial<PageHints>) =>
      gate.embeddingRefusal(caller({ headers: { host: 'localhost:9347' } }), { ...none, ...hints })
        ?.code ?? null;
    assert.equal(code({}), null, 'a program');
    assert.equal(code({ site: 'same-origin' }), null);
    assert.equal(code({ site: 'none' }), null);
    assert.equal(code({ site: 'cross-site', mode: 'navigate' }), null, 'a link');
    assert.equal(code({ site: 'cross-site', referer: 'https://dash.example.org/x?y' }), null);
    assert.equal(code({ referer: 'http://localhost:9347/' }), null);
    assert.equal(code({ site: 'cross-site', referer: 'https://evil.example/' }), 'foreign-origin');
    assert.equal(code({ site: 'same-site', referer: 'http://localhost:1/' }), 'foreign-origin');
    assert.equal(code({ site: 'cross-site' }), 'foreign-origin', 'it hides its address');
    assert.equal(code({ referer: 'https://evil.example/' }), 'foreign-origin', 'an old browser');
  });
});

describe('access', () => {
  test('without a word, clients of this machine may do everything, and others nothing', () => {
    const gate = gateWith();
    const here: Given[] = [
      {},
      { from: '127.9.9.9' },
      { from: '::1' },
      { from: '::ffff:127.0.0.1' },
      { from: '192.0.2.7', at: '192.0.2.7' },
    ];
    const elsewhere: Given[] = [
      { from: '192.0.2.8', at: '192.0.2.7' },
      { from: '::ffff:192.0.2.8' },
      { from: '2001:db8::7', at: '::1' },
      { from: '128.0.0.1' },
    ];
    for (const right of ['read', 'publish', 'admin'] as const) {
      for (const given of here) assert.equal(gate.accessRefusal(caller(given), right), null);
      for (const given of elsewhere) {
        assert.equal(gate.accessRefusal(caller(given), right)?.code, 'no-access', given.from);
      }
    }
    const gone = { headers: {}, url: '/', socket: {} };
    assert.equal(gate.accessRefusal(gone, 'read')?.code, 'no-access', 'a socket that has gone');
  });

  test('each right is given on its own; admin to nobody else', () => {
    const other = caller({ from: '192.0.2.8' });
    const gate = gateWith({ access: { read: 'public' } });
    assert.equal(gate.accessRefusal(other, 'read'), null);
    assert.match(gate.accessRefusal(other, 'publish')!.detail, /write access: { publish: public }/);
    const both = gateWith({ access: { read: 'public', publish: 'public' } });
    assert.equal(both.accessRefusal(other, 'publish'), null);
    assert.match(both.accessRefusal(other, 'admin')!.detail, /no line in channels\.yaml/);
  });

  test('X-Forwarded-For counts from trusted proxies alone, and then its rightmost entry that is none of them', () => {
    const gate = gateWith({ trustProxy: ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32'] });
    const isHere = (forwarded: string | null, from = '127.0.0.1') => {
      const headers: Record<string, string> =
        forwarded === null ? {} : { 'x-forwarded-for': forwarded };
      return gate.accessRefusal(caller({ headers, from }), 'read') === null;
    };
    assert.equal(isHere(null), true, 'a client of this machine, not of the proxy');
    assert.equal(isHere('203.0.113.9'), false);
    assert.equal(isHere('127.0.0.1, 203.0.113.9'), false, 'what is left of it can be made up');
    assert.equal(isHere('203.0.113.9, 127.0.0.1'), false, 'a trusted proxy behind another');
    assert.equal(isHere('203.0.113.9, 10.1.2.3, 127.0.0.1'), false);
    assert.equal(isHere('::1'), true);
    assert.equal(isHere('[::1]:4711'), true);
    assert.equal(isHere('127.0.0.2:4711'), true);
    assert.equal(isHere('::ffff:203.0.113.9'), false);
    assert.equal(isHere('unknown'), false);
    assert.equal(isHere(''), false);
    assert.equal(isHere('127.0.0.1'), true, 'all are trusted: the leftmost');
    assert.equal(isHere('127.0.0.9', '10.4.4.4'), true);
    assert.equal(isHere('127.0.0.9', '192.0.2.8'), false, 'a client says so itself');
    assert.equal(isHere('127.0.0.9', '2001:db8:1::1'), true);
  });

  test('a proxy that is not listed is the client, whatever it forwards', () => {
    const forwarded = caller({ headers: { 'x-forwarded-for': '203.0.113.9' } });
    assert.equal(gateWith().accessRefusal(forwarded, 'read'), null);
  });
});

test('host, then origin, then access: the first that fails is the answer', () => {
  const gate = gateWith();
  const code = (host: string, origin: string, from: string) =>
    gate.refusal(caller({ headers: { host, origin }, from }), 'read')?.code ?? null;
  assert.equal(code('evil.example', 'https://evil.example', '192.0.2.8'), 'unknown-host');
  assert.equal(code('localhost', 'https://evil.example', '192.0.2.8'), 'foreign-origin');
  assert.equal(code('localhost', 'http://localhost', '192.0.2.8'), 'no-access');
  assert.equal(code('localhost', 'http://localhost', '127.0.0.1'), null);
});

test('listening where others can come needs a word about what they may do', () => {
  const problem = (host: string, access = {}) =>
    exposureProblem(host, access, IN_THE_FILE.listen.rest);
  for (const host of ['127.0.0.1', '127.0.0.2', '::1', 'localhost', 'weir.localhost']) {
    assert.equal(problem(host), null, host);
  }
  for (const host of ['0.0.0.0', '::', '192.0.2.7', '2001:db8::7', 'box.lan', 'example.org']) {
    assert.match(problem(host)!, /write access: { read: public } in channels\.yaml, or listen on/);
    assert.equal(problem(host, { read: 'public' }), null);
    assert.equal(problem(host, { publish: 'public' }), null);
  }
});
