// What Autobahn needs of a peer and Weir does not do: to send back whatever comes. The sockets are Weir's own.
import { WebSocket } from 'ws';
import type { Clock, Timers } from '../../../src/model/clock.ts';

/** From now on, sockets send messages back. `server`: those that were accepted, else those that were opened. */
export function echoMessages(side: 'server' | 'client'): void {
  const { emit } = WebSocket.prototype;
  WebSocket.prototype.emit = function (this: WebSocket, event, ...values) {
    const accepted = Reflect.get(this, '_isServer') === true;
    if (event === 'message' && accepted === (side === 'server')) {
      const [data, isBinary] = values as [Buffer, boolean];
      this.send(data, { binary: isBinary });
    }
    return emit.call(this, event, ...values);
  } as typeof emit;
}

/** The machine's time, as the threads have it. */
export const machineTime: Clock & Timers = {
  now: Date.now,
  elapsed: () => performance.now(),
  step: null,
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
