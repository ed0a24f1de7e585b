/** Requests that RocketMQ's brokers answer and `mq`'s do not: the refusal says why, and what to do instead. */
import { ClientError } from "../src/client/index.ts";
import { CommandError } from "./command-error.ts";
import { exitCode } from "./exit-code.ts";

const requestCodeNotSupported = 3;

export interface Lack {
  /** What `mq`'s brokers do or have, as a clause. An old RocketMQ may refuse the same for its age. */
  readonly why: string;
  readonly instead: string;
}

/** Whether a server refused because it does not know the request at all. */
export function isUnknownRequest(error: unknown): error is ClientError {
  return error instanceof ClientError && error.code === requestCodeNotSupported;
}

/** Asks a server; throws CommandError `MQ-E-UNSUPPORTED` where it does not know the request at all. */
export async function askRocketmq<T>(server: string, lack: Lack, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw explained(error, lack, `the server at ${server}`);
  }
}

/** The error, or what it means where a server does not know the request. */
export function explained(error: unknown, lack: Lack, who: string): unknown {
  if (!isUnknownRequest(error)) {
    return error;
  }
  return new CommandError(
    "MQ-E-UNSUPPORTED",
    exitCode.failed,
    `${who} does not know this request (${lack.why})`,
    { hint: lack.instead, remoteCode: requestCodeNotSupported },
  );
}
