/** Flags of the commands that start, stop and ask about servers. */
import { z } from "zod";
import { flag } from "../../flag.ts";

export const storeFlag = flag(z.string().optional(), {
  about: "folder of the store (~/.local/share/mq/store)",
  value: "DIR",
  env: "MQ_STORE",
});

export const nameserverListenFlag = flag(z.string().optional(), {
  about: "where the nameserver listens (127.0.0.1:9876)",
  value: "HOST:PORT",
});

export const brokerFlags = {
  store: storeFlag,
  listen: flag(z.string().optional(), {
    about: "where the broker listens (127.0.0.1:10911)",
    short: "l",
    value: "HOST:PORT",
  }),
  advertise: flag(z.string().optional(), {
    about: "the address that clients are told",
    value: "HOST:PORT",
  }),
  flush: flag(z.enum(["sync", "async"]).optional(), {
    about: "acknowledge after the disk has a message (sync), or as soon as it is written (async)",
    value: "MODE",
  }),
  config: flag(z.string().optional(), {
    about: "broker.conf or TOML with RocketMQ's setting names",
    short: "c",
    value: "FILE",
  }),
  set: flag(z.array(z.string()).optional(), { about: "one setting", value: "KEY=VALUE" }),
  insecureListen: flag(z.boolean().default(false), {
    about: "listen beyond loopback although nobody is asked who they are",
  }),
  adminOnDataPort: flag(z.boolean().default(false), {
    about: "answer admin requests beyond loopback",
  }),
} as const;

export type BrokerFlags = z.infer<z.ZodObject<typeof brokerFlags>>;
