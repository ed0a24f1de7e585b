/**
 * The closed table of reasons for a refusal, and the two errors that carry bad news across layers.
 *
 * An expected outcome is a returned value, never one of these. A refusal (`MqError`) may cross layers;
 * each transport maps its kind to the codes of its wire in one total table. Bytes from wire or disk that
 * cannot be read are refused with `DecodeError`. A broken promise of our own code is `BrokenInvariant`
 * (assert.ts), which nobody catches but the process's entry point.
 */

export type ErrorKind =
  | "topic_not_found"
  | "group_not_found"
  | "queue_out_of_range"
  | "parameter_invalid"
  | "permission_denied"
  | "message_illegal"
  | "bad_request"
  | "request_unsupported"
  | "subscription_invalid"
  | "subscription_missing"
  | "subscription_stale"
  | "not_found"
  | "consumer_offline"
  | "client_timeout"
  | "broker_busy"
  | "store_unavailable"
  | "flush_timeout"
  | "internal";

/** A request that is refused on purpose. `message` is for people; programs look at `kind`. */
export class MqError extends Error {
  override readonly name = "MqError";
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.kind = kind;
  }
}

/** Bytes from outside (wire or disk) that do not follow their format. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}
