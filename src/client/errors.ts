/** What can go wrong between a client and a cluster: a closed table, so that callers can act on it. */

export type ClientErrorKind =
  /** No connection could be made, or it broke before the answer. */
  | "unreachable"
  /** No answer in time: whether the request took effect is not known. */
  | "timed_out"
  /** The other side said no; `code` is its response code. */
  | "refused"
  /** The broker can do it only for a group without members on line, and some are. */
  | "members_online"
  /** No nameserver knows the topic. */
  | "no_route"
  /** The answer could not be read. */
  | "bad_reply"
  /** The client was closed. */
  | "closed";

export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly kind: ClientErrorKind;
  /** RocketMQ's response code, when the other side answered with one. */
  readonly code: number | undefined;
  /** `host:port` of who said no. */
  readonly address: string | undefined;

  constructor(
    kind: ClientErrorKind,
    message: string,
    options: {
      readonly code?: number;
      readonly address?: string;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.code = options.code;
    this.address = options.address;
  }
}

/** What a thrown value says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
