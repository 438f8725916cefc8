/** What the RTM server counts about itself. Every bound that can be hit has a number here. */

/** Totals since the server started. */
export interface Counters {
  /** Requests that could be read, whatever became of them. */
  requests: number;
  /** PDUs that could not be read: not JSON, no action, an id that is neither integer nor string. */
  malformed: number;
  /** Messages published, by clients and by `publish`. */
  published: number;
  /** Messages handed to subscriptions. */
  delivered: number;
  /** Messages that slow readers were told they missed. */
  missed: number;
  /** Subscriptions ended because their reader was too slow. */
  outOfSync: number;
  /** Upgrades refused because of the path or the appkey. */
  refusedUpgrades: number;
  /** Upgrades refused at `connectionsMax`. */
  refusedConnections: number;
  /** Requests refused at `channelsMax`. */
  refusedChannels: number;
  /** Requests refused because a connection has too many subscriptions. */
  refusedSubscriptions: number;
  /** How often the largest channel had to give way because `retention.bytes` was hit. */
  shrunkChannels: number;
  /** Connections terminated because they sent requests and did not read the replies. */
  shedConnections: number;
  /** Faults of this program, each of which cost one connection. */
  internalErrors: number;
}

/** All zero. */
export function zeroCounters(): Counters {
  return {
    requests: 0,
    malformed: 0,
    published: 0,
    delivered: 0,
    missed: 0,
    outOfSync: 0,
    refusedUpgrades: 0,
    refusedConnections: 0,
    refusedChannels: 0,
    refusedSubscriptions: 0,
    shrunkChannels: 0,
    shedConnections: 0,
    internalErrors: 0,
  };
}
