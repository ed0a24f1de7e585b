/** Flags of the commands that start, stop and ask about servers. */
import { choice, type FlagValues, flag, onOff, text, texts } from "../../flag.ts";
import { httpFlag, httpMonitorFlag, httpProfileFlag } from "./http-flag.ts";

export const storeFlag = flag(text().optional(), {
  about: "folder of the store (~/.local/share/mq/store)",
  value: "DIR",
  env: "MQ_STORE",
});

export const nameserverListenFlag = flag(text().optional(), {
  about: "where the nameserver listens (127.0.0.1:9876)",
  value: "HOST:PORT",
});

export const brokerFlags = {
  store: storeFlag,
  listen: flag(text().optional(), {
    about: "where the broker listens (127.0.0.1:10911)",
    short: "l",
    value: "HOST:PORT",
  }),
  advertise: flag(text().optional(), {
    about: "the address that clients are told",
    value: "HOST:PORT",
  }),
  flush: flag(choice(["sync", "async"]).optional(), {
    about: "acknowledge after the disk has a message (sync), or as soon as it is written (async)",
    value: "MODE",
  }),
  vipPort: flag(onOff().optional(), {
    about: "listen two ports below as well, for clients of up to 4.4 (their VIP channel)",
  }),
  config: flag(text().optional(), {
    about: "broker.conf or TOML with RocketMQ's setting names",
    short: "c",
    value: "FILE",
  }),
  set: flag(texts().optional(), { about: "one setting", value: "KEY=VALUE" }),
  http: httpFlag,
  httpMonitor: httpMonitorFlag,
  httpProfile: httpProfileFlag,
  insecureListen: flag(onOff().default(false), {
    about: "listen beyond loopback although nobody is asked who they are",
  }),
  adminOnDataPort: flag(onOff().default(false), {
    about: "answer admin requests beyond loopback",
  }),
} as const;

export type BrokerFlags = FlagValues<typeof brokerFlags>;
