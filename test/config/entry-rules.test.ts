// Who may come in, as channels.yaml says it: what it gives, and what is refused with which words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from '../../src/cli/configuration.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/model/problem.ts';

const CHANNEL = 'channels:\n  a: { feed: { kind: websocket, url: "wss://a.example" } }\n';
const load = (text: string) =>
  loadConfig(text + CHANNEL, { file: 'c.yaml', environment: {}, kinds });
const problems = (text: string) => load(text).problems.map(formatProblem);

test('a file that says nothing keeps all others out', () => {
  const { allowedHosts, allowedOrigins, trustProxy, access } = load('').config!;
  assert.deepEqual([allowedHosts, allowedOrigins, trustProxy, access], [[], [], [], {}]);
});

test('names, origins, proxies and rights are taken as written; names in small letters', () => {
  const { config } = load(`allowedHosts: [Weir.Example.org]
allowedOrigins: ["https://dash.example.org", "http://127.0.0.1:5173"]
trustProxy: [127.0.0.1, "10.0.0.0/8", "2001:db8::/32"]
access: { read: public }
`);
  assert.deepEqual(config!.allowedHosts, ['weir.example.org']);
  assert.deepEqual(config!.allowedOrigins, ['https://dash.example.org', 'http://127.0.0.1:5173']);
  assert.deepEqual(config!.trustProxy, ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32']);
  assert.deepEqual(config!.access, { read: 'public' });
});

test('what cannot be meant is refused, with what to write instead', () => {
  const wrong: [string, RegExp][] = [
    [
      'allowedHosts: ["https://weir.example.org"]',
      /^c\.yaml:1:16: allowedHosts\[0\] "https:.* is not the name of a host.*without scheme/,
    ],
    ['allowedHosts: ["weir.example.org:8443"]', /not the name of a host.*port/],
    ['allowedHosts: ["*"]', /not the name of a host/],
    ['allowedHosts: weir.example.org', /allowedHosts .*must be a list/],
    ['allowedOrigins: ["dash.example.org"]', /not an origin; write one like https:/],
    ['allowedOrigins: ["https://dash.example.org/path"]', /not an origin.*without a path/],
    ['allowedOrigins: ["*"]', /not an origin/],
    ['allowedOrigins: ["null"]', /not an origin/],
    ['trustProxy: [proxy.lan]', /not an address; write one like 127\.0\.0\.1/],
    ['trustProxy: ["10.0.0.0/33"]', /not an address/],
    ['access: { read: everyone }', /read "everyone" must be "public"/],
    ['access: { admin: public }', /unknown key "admin"; .*read, publish/],
    ['access: public', /access .*must be a map/],
  ];
  for (const [line, pattern] of wrong) {
    const [first] = problems(`${line}\n`);
    assert.match(first ?? '', pattern, line);
  }
});

test('listening where others can come needs access, for the page and for the RTM server', () => {
  for (const listen of ['0.0.0.0:80', '"[::]:80"', 'box.lan:80', '192.0.2.7:80']) {
    assert.deepEqual(problems(`listen: ${listen}\n`), [
      'c.yaml:1:9: listen can be reached from other machines, and nothing says what their clients may do; write access: { read: public } in channels.yaml, or listen on 127.0.0.1',
    ]);
    assert.deepEqual(problems(`listen: ${listen}\naccess: { read: public }\n`), []);
  }
  const [rtm] = problems('rtm: { listen: "0.0.0.0:8765" }\n');
  assert.match(
    rtm!,
    /^c\.yaml:1:16: rtm\.listen can be reached .*access: { read: public, publish: public }/,
  );
  assert.deepEqual(problems('rtm: { listen: "0.0.0.0:1" }\naccess: { publish: public }\n'), []);
  assert.deepEqual(problems('listen: localhost:80\nrtm: { listen: "[::1]:1" }\n'), []);
});

test('of roles, only the default one goes without a secret', () => {
  assert.deepEqual(
    problems('rtm: { roles: { default: { allow: [read] }, a: { secret: s } } }\n'),
    [],
  );
  const [first] = problems('rtm: { roles: { guest: { allow: [read] } } }\n');
  assert.match(first!, /secret is missing: only the role "default"/);
});
