/** Runs a subcommand of `mq mqadmin` against one broker that answers as a test tells it, under virtual time. */
import { parseCommandLine } from "../../cli/mqadmin/command-line.ts";
import { commonOptions } from "../../cli/mqadmin/option.ts";
import { Printer } from "../../cli/mqadmin/printer.ts";
import { findSubcommand } from "../../cli/mqadmin/subcommand-list.ts";
import { createClient } from "../../src/client/index.ts";
import { createBunProcess } from "../../src/io/bun/process.ts";
import { encodeCluster } from "../../src/protocol/remoting/bodies/cluster.ts";
import { encodeTopicList } from "../../src/protocol/remoting/bodies/name-list.ts";
import type { Command } from "../../src/protocol/remoting/command.ts";

import { getAllTopics, getClusterInfo } from "../../src/protocol/remoting/requests/route.ts";
import { type FakeReply, inFakeWorld, routeReply } from "./fake-cluster.ts";

export interface Ran {
  /** What was printed; the broker's address is `$B` in it. */
  readonly text: string;
  /** What the broker was asked: code, fields, body. */
  readonly asked: readonly (readonly [number, Readonly<Record<string, string>>, string])[];
  /** Milliseconds that went by. */
  readonly tookMs: number;
}

export interface RunOptions {
  /** What the nameserver knows; each has one queue. */
  readonly topics?: readonly string[];
  /** Ctrl-C, once what was printed fits. */
  readonly stopAt?: RegExp;
}

/** `$B` in the words is the broker's address; its cluster is named `c`. Throws what the subcommand throws. */
export async function ran(
  words: string,
  answer: (command: Command) => FakeReply,
  { topics = [], stopAt }: RunOptions = {},
): Promise<Ran> {
  const [name = "", ...others] = words.split(" ");
  const loaded = await findSubcommand(name)?.load?.();
  if (loaded === undefined) {
    throw new Error(`there is no ${name}`);
  }
  const { subcommand } = loaded;
  return inFakeWorld(async (world) => {
    const broker = world.server((command) => answer(command));
    const nameserver = world.server(({ code }) => {
      switch (code) {
        case getClusterInfo.code:
          return { body: clusterOf(broker.address) };
        case getAllTopics.code:
          return { body: encodeTopicList(topics) };
        default:
          return routeReply({ "broker-a": broker.address }, { queueCount: 1 });
      }
    });
    let text = "";
    const stop = new AbortController();
    const client = createClient(world.environment, { nameservers: [nameserver.address] });
    const printer = new Printer({
      subcommand: name,
      isJson: false,
      write: (more) => {
        text += more;
        if (stopAt?.test(text) === true) {
          stop.abort();
        }
      },
      note: () => undefined,
    });
    const filled = others.map((word) => word.replace("$B", broker.address));
    const startedMs = world.environment.clock.elapsedMs();
    try {
      await subcommand.run({
        line: parseCommandLine([...commonOptions, ...subcommand.options], filled),
        client,
        printer,
        environment: world.environment,
        signal: stop.signal,
        process: createBunProcess(),
      });
    } finally {
      await client.close();
    }
    return {
      text: text.replaceAll(broker.address, "$B"),
      asked: broker.received.map(askedOf),
      tookMs: world.environment.clock.elapsedMs() - startedMs,
    };
  });
}

function clusterOf(address: string): Buffer {
  return encodeCluster({
    brokers: [
      {
        clusterName: "c",
        brokerName: "broker-a",
        addresses: new Map([[0, address]]),
        enableActingMaster: false,
      },
    ],
    clusters: new Map([["c", ["broker-a"]]]),
  });
}

function askedOf({ code, fields, source, bodyStart, bodyEnd }: Command): Ran["asked"][number] {
  return [code, Object.fromEntries(fields), source.toString("utf8", bodyStart, bodyEnd).trim()];
}
