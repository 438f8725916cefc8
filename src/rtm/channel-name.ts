/** Names of RTM channels, as clients may write them. Wider than Weir's own channel names. */

/** The longest channel name, in UTF-8 bytes (Satori's C SDK). */
export const NAME_BYTES_MAX = 256;

/**
 * The channel on which the JavaScript SDK proves that its connection is alive. Nothing is kept of
 * it.
 */
export const HEARTBEAT_CHANNEL = '$heartbeat';

/** Whether a client may use `name`: not empty, not too long, and not reserved (`$…`). */
export function isChannelName(name: string): boolean {
  return name !== '' && !name.startsWith('$') && Buffer.byteLength(name) <= NAME_BYTES_MAX;
}
