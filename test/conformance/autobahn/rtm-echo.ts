// Weir's RTM server, as the server that Autobahn's fuzzing client tests. Prints its address; ends with its input.
import { rtmOptions } from '../../../src/rtm/options.ts';
import { startRtmServer } from '../../../src/rtm/server.ts';
import { Session } from '../../../src/rtm/session.ts';
import { TEST_GATE } from '../../support/gate.ts';
import { echoMessages } from './echo.ts';

// The replies of RTM are left out: what is tested is the socket under them.
Session.prototype.receive = () => {};
echoMessages('server');
const server = await startRtmServer(rtmOptions.parse({ pduBytesMax: 67_108_864 }), {
  gate: () => TEST_GATE,
  clock: Date.now,
});
process.stdout.write(`${server.url}/v2?appkey=demo\n`);
process.stdin.on('end', () => void server.close()).resume();
