/** What a request can be refused with: the protocol's stable codes, and a sentence for people. */

export type FaultCode =
  | 'already_subscribed'
  | 'auth_method_not_allowed'
  | 'authentication_failed'
  | 'authorization_denied'
  | 'channel_quota_exceeded'
  | 'expired_position'
  | 'internal_error'
  | 'invalid_filter'
  | 'invalid_format'
  | 'invalid_operation'
  | 'invalid_service'
  | 'json_parse_error'
  | 'not_subscribed'
  | 'out_of_sync'
  | 'subscription_quota_exceeded';

export interface Fault {
  readonly error: FaultCode;
  readonly reason: string;
}

/** The faults whose sentence is always the same. */
export const FAULTS = {
  alreadySubscribed: { error: 'already_subscribed', reason: 'Already subscribed' },
  methodNotAllowed: { error: 'auth_method_not_allowed', reason: 'Only role_secret is supported' },
  unauthenticated: { error: 'authentication_failed', reason: 'Unauthenticated' },
  unauthorized: { error: 'authorization_denied', reason: 'Unauthorized' },
  reservedChannel: { error: 'authorization_denied', reason: 'Channels named $… are reserved' },
  tooManyChannels: { error: 'channel_quota_exceeded', reason: 'Too many channels' },
  expired: { error: 'expired_position', reason: "Invalid PDU: 'position' has expired" },
  changed: { error: 'expired_position', reason: 'The value has changed since that position' },
  internal: { error: 'internal_error', reason: 'Internal error' },
  noViews: { error: 'invalid_filter', reason: 'Views (filter) are not supported' },
  notJson: { error: 'json_parse_error', reason: 'The PDU is not JSON' },
  notSubscribed: { error: 'not_subscribed', reason: 'Not subscribed' },
  tooSlow: { error: 'out_of_sync', reason: 'Client too slow' },
  tooManySubscriptions: { error: 'subscription_quota_exceeded', reason: 'Too many subscriptions' },
  tooDeep: { error: 'invalid_format', reason: "Invalid PDU: 'message' is nested too deeply" },
} as const satisfies Record<string, Fault>;

/** A PDU that is JSON and yet not what it should be. `what` follows "Invalid PDU:". */
export function invalidFormat(what: string): Fault {
  return { error: 'invalid_format', reason: `Invalid PDU: ${what}` };
}
