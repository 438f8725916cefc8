/** What the datasource protocol calls an error: a reason of its list, and words. */

export type GvizReason =
  | 'invalid_query'
  | 'invalid_request'
  | 'unsupported_query_operation'
  | 'not_supported'
  | 'access_denied'
  | 'not_modified'
  | 'internal_error'
  | 'data_truncated';

export class GvizError extends Error {
  readonly reason: GvizReason;

  constructor(reason: GvizReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
