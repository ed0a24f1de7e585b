/** What a command says when it cannot go on: a code for programs, a sentence for people, a hint what to do. */
import { ClientError } from "../src/client/index.ts";
import { type ErrorKind, MqError } from "../src/core/error.ts";
import type { ErrorCode } from "./error-table.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";

export class CommandError extends Error {
  override readonly name = "CommandError";
  /** `MQ-E-…`: stable, and in the table that `mq errors` prints. */
  readonly code: ErrorCode;
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  /** RocketMQ's response code, when a broker or nameserver said no. */
  readonly remoteCode: number | undefined;

  constructor(
    code: ErrorCode,
    exit: ExitCode,
    message: string,
    options: { readonly hint?: string; readonly remoteCode?: number } = {},
  ) {
    super(message);
    this.code = code;
    this.exitCode = exit;
    this.hint = options.hint;
    this.remoteCode = options.remoteCode;
  }
}

/** A wrong argument, flag or value: exit code 2. */
export function usageError(message: string, hint?: string): CommandError {
  return new CommandError(
    "MQ-E-USAGE",
    exitCode.usage,
    message,
    hint === undefined ? {} : { hint },
  );
}

export function notFound(message: string, hint?: string): CommandError {
  return new CommandError(
    "MQ-E-NOTFOUND",
    exitCode.notFound,
    message,
    hint === undefined ? {} : { hint },
  );
}

/** Exit codes for the response codes that scripts tell apart. */
const refusedExits = new Map<number, ExitCode>([
  [16, exitCode.denied],
  [17, exitCode.notFound],
  [22, exitCode.notFound],
  [26, exitCode.notFound],
]);

/** Codes for refusals inside this process: of a store that is read here, or of bytes that arrived. */
const refusals = {
  topic_not_found: "MQ-E-NOTFOUND",
  group_not_found: "MQ-E-NOTFOUND",
  not_found: "MQ-E-NOTFOUND",
  queue_out_of_range: "MQ-E-USAGE",
  parameter_invalid: "MQ-E-USAGE",
  bad_request: "MQ-E-USAGE",
  message_illegal: "MQ-E-REFUSED",
  permission_denied: "MQ-E-REFUSED",
  subscription_invalid: "MQ-E-USAGE",
  subscription_missing: "MQ-E-REFUSED",
  subscription_stale: "MQ-E-REFUSED",
  broker_busy: "MQ-E-REFUSED",
  request_unsupported: "MQ-E-UNSUPPORTED",
  consumer_offline: "MQ-E-NOTFOUND",
  client_timeout: "MQ-E-TIMEOUT",
  store_unavailable: "MQ-E-STORE",
  flush_timeout: "MQ-E-TIMEOUT",
  internal: "MQ-E-FAILED",
} as const satisfies Readonly<Record<ErrorKind, ErrorCode>>;

/** Any error as a CommandError. */
export function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) {
    return error;
  }
  if (error instanceof ClientError) {
    return fromClient(error);
  }
  if (error instanceof MqError) {
    const exit = error.kind === "bad_request" ? exitCode.usage : exitCode.failed;
    return new CommandError(refusals[error.kind], exit, error.message);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CommandError("MQ-E-FAILED", exitCode.failed, message);
}

function fromClient(error: ClientError): CommandError {
  switch (error.kind) {
    case "unreachable":
      return new CommandError("MQ-E-UNREACHABLE", exitCode.unreachable, error.message, {
        hint: "is it running? --nameserver HOST:PORT or MQ_NAMESERVER says where to look",
      });
    case "timed_out":
      return new CommandError("MQ-E-TIMEOUT", exitCode.unreachable, error.message, {
        hint: "a longer --timeout may help",
      });
    case "members_online":
      return new CommandError("MQ-E-ONLINE", exitCode.precondition, error.message);
    case "no_route":
      return new CommandError("MQ-E-NOROUTE", exitCode.notFound, error.message, {
        hint: "mq topic list shows what there is; mq topic create makes it",
      });
    case "refused": {
      const exit = refusedExits.get(error.code ?? -1) ?? exitCode.failed;
      return new CommandError("MQ-E-REFUSED", exit, error.message, {
        ...(error.code === undefined ? {} : { remoteCode: error.code }),
      });
    }
    case "bad_reply":
    case "closed":
      return new CommandError("MQ-E-FAILED", exitCode.failed, error.message);
  }
}
