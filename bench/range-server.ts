/** The side that is measured: REST over a store that is there, with quiet channels. */
import { allocateRing } from '../src/shared/ring.ts';
import { RingReader } from '../src/shared/ring-reader.ts';
import { storeKind } from '../src/store/index.ts';
import { COUNT } from './meaning.ts';
import { CHANNEL_COUNT, RETENTION } from './range-store.ts';
import { channelNamed, listen, restOver } from './rest.ts';

const [location = '', end = '0'] = process.argv.slice(2);

const channels = Array.from({ length: CHANNEL_COUNT }, (_, index) => {
  const ring = new RingReader(allocateRing({ keysMax: 0, keyWords: 1, shardsMax: 1 }));
  ring.seal(Number(end));
  return { ...channelNamed(`c${index}`), ring, definition: COUNT };
});
const history = storeKind('sqlite')!.openReader(location);

listen(restOver({ channels, history, retention: RETENTION }).server);
process.on('disconnect', () => process.exit(0));
