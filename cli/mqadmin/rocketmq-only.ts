/** Subcommands for what RocketMQ's clusters may have and mq's never do. */
import { ClientError } from "../../src/client/index.ts";
import { explained, type Lack } from "../rocketmq-only.ts";
import type { Subcommand } from "./subcommand.ts";

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
