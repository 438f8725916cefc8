// A Weir that finds a thread that hangs within two seconds, and gives threads little memory. Arguments as for `up`.
import { dirname } from 'node:path';
import { readConfiguration } from '../../src/cli/configuration.ts';
import { eventLog } from '../../src/cli/event-log.ts';
import { startWeir } from '../../src/main.ts';

const [, config = '', , store = ''] = process.argv.slice(2);
const read = () => ({
  ...readConfiguration(config).config!,
  listen: { host: '127.0.0.1', port: 0 },
  store: { kind: 'sqlite', path: store },
});
const weir = await startWeir({
  config: read(),
  folder: dirname(config),
  onEvent: eventLog('json', { print: console.log, complain: console.error }),
  hangMs: 2_000,
  heapMb: 64,
});
process.on('SIGHUP', () => void weir.reload(read()));
process.on('SIGTERM', () => void weir.stop());
console.log(`Page  ${weir.url}/ `);
