/** Requests that RocketMQ's brokers answer and `mq`'s do not: the refusal says why, and what to do instead. */
import { ClientError } from "../../src/client/index.ts";
import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import type { Subcommand } from "./subcommand.ts";

const requestCodeNotSupported = 3;

export interface Lack {
  /** What `mq`'s brokers do or have, as a clause. An old RocketMQ may refuse the same for its age. */
  readonly why: string;
  readonly instead: string;
}

/** Asks a broker; throws CommandError `MQ-E-UNSUPPORTED` where it does not know the request at all. */
export async function askRocketmq<T>(broker: string, lack: Lack, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw explained(error, lack, `the broker at ${broker}`);
  }
}

/** A subcommand all of whose requests are such ones: it ends as `askRocketmq` does at the first that nobody knows. */
export function needs(lack: Lack, run: Subcommand["run"]): Subcommand["run"] {
  return async (call) => {
    try {
      return await run(call);
    } catch (error) {
      const address = error instanceof ClientError ? error.address : undefined;
      throw explained(error, lack, `the server at ${address}`);
    }
  };
}

function explained(error: unknown, lack: Lack, who: string): unknown {
  if (!(error instanceof ClientError) || error.code !== requestCodeNotSupported) {
    return error;
  }
  return new CommandError(
    "MQ-E-UNSUPPORTED",
    exitCode.failed,
    `${who} does not know this request (${lack.why})`,
    { hint: lack.instead, remoteCode: requestCodeNotSupported },
  );
}

/** What RocketMQ's clusters may have and mq's never do. */
export const lacks = {
  users: {
    why: "mq's brokers have no users",
    instead: "whoever reaches a broker of mq may use it: keep its ports to those who may",
  },
  rules: {
    why: "mq's brokers have no access rules",
    instead: "whoever reaches a broker of mq may use it: keep its ports to those who may",
  },
  controllers: {
    why: "mq has no controllers and no replicas",
    instead: "-a names a controller of RocketMQ, -b or -c its brokers",
  },
  containers: {
    why: "a process of mq is one broker and no container",
    instead: "mq broker start starts another one, SIGTERM stops it",
  },
  lite: {
    why: "mq's brokers have no lite topics",
    instead: "mq topic create makes a topic of its own",
  },
} as const satisfies Record<string, Lack>;
