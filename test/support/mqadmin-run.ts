/** Runs a subcommand of `mq mqadmin` against one broker that answers as a test tells it, under virtual time. */
import { parseCommandLine } from "../../cli/mqadmin/command-line.ts";
import { commonOptions } from "../../cli/mqadmin/option.ts";
import { writeOutputFile } from "../../cli/mqadmin/output-file.ts";
import { Printer } from "../../cli/mqadmin/printer.ts";
import { findSubcommand } from "../../cli/mqadmin/subcommand-list.ts";
import { createClient } from "../../src/client/index.ts";
import { createBunProcess } from "../../src/io/bun/process.ts";
import { encodeCluster } from "../../src/protocol/remoting/bodies/cluster.ts";
import { encodeTopicList } from "../../src/protocol/remoting/bodies/name-list.ts";
import {
  decodeTopicRoute,
  encodeTopicRoute,
} from "../../src/protocol/remoting/bodies/topic-route.ts";
import type { Command } from "../../src/protocol/remoting/command.ts";

import { getAllTopics, getClusterInfo } from "../../src/protocol/remoting/requests/route.ts";
import { type FakeReply, inFakeWorld, routeReply } from "./fake-cluster.ts";

export interface Asked {
  readonly brokerName: string;
  readonly code: number;
  readonly body: string;
}

export interface Ran {
  /** What was printed; the broker's address is `$B` in it. */
  readonly text: string;
  /** What all brokers were asked, in that order. */
  readonly inOrder: readonly Asked[];
  /** What the first broker was asked: code, fields, body. */
  readonly asked: readonly (readonly [number, Readonly<Record<string, string>>, string])[];
  /** Milliseconds that went by. */
  readonly tookMs: number;
}

export interface RunOptions {
  /** What the nameserver knows; each has one queue. */
  readonly topics?: readonly string[];
  /** Names of the brokers, `broker-a` alone unless told. */
  readonly brokers?: readonly string[];
  /** The topics are static: what their routes say of each broker, as JSON. */
  readonly mappings?: ReadonlyMap<string, string>;
  /** Files on the machine of the tool, by their paths. */
  readonly files?: Readonly<Record<string, Buffer>>;
  /** Ctrl-C, once what was printed fits. */
  readonly stopAt?: RegExp;
}

/** `$B` in the words is the first broker's address; its cluster is named `c`. Throws what the subcommand throws. */
export async function ran(
  words: string,
  answer: (command: Command, brokerName: string) => FakeReply,
  { topics = [], brokers = ["broker-a"], files = {}, mappings, stopAt }: RunOptions = {},
): Promise<Ran> {
  const [name = "", ...others] = words.split(" ");
  const loaded = await findSubcommand(name)?.load?.();
  if (loaded === undefined) {
    throw new Error(`there is no ${name}`);
  }
  const { subcommand } = loaded;
  return inFakeWorld(async (world) => {
    const inOrder: Asked[] = [];
    const servers = brokers.map((brokerName) => ({
      brokerName,
      server: world.server((command) => {
        const [code, , body] = askedOf(command);
        inOrder.push({ brokerName, code, body });
        return answer(command, brokerName);
      }),
    }));
    const broker = servers[0]?.server ?? world.server(() => ({}));
    const addresses = new Map(
      servers.map(({ brokerName, server }) => [brokerName, server.address]),
    );
    const nameserver = world.server(({ code }) => {
      switch (code) {
        case getClusterInfo.code:
          return { body: clusterOf(addresses) };
        case getAllTopics.code:
          return { body: encodeTopicList(topics) };
        default:
          return { body: routeOf(addresses, mappings) };
      }
    });
    for (const [path, bytes] of Object.entries(files)) {
      writeOutputFile(world.environment, path, bytes);
    }
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
      inOrder,
      asked: broker.received.map(askedOf),
      tookMs: world.environment.clock.elapsedMs() - startedMs,
    };
  });
}

function clusterOf(addresses: ReadonlyMap<string, string>): Buffer {
  return encodeCluster({
    brokers: [...addresses].map(([brokerName, address]) => ({
      clusterName: "c",
      brokerName,
      addresses: new Map([[0, address]]),
      enableActingMaster: false,
    })),
    clusters: new Map([["c", [...addresses.keys()]]]),
  });
}

function routeOf(
  addresses: ReadonlyMap<string, string>,
  mappings: ReadonlyMap<string, string> | undefined,
): Buffer {
  const { body = Buffer.alloc(0) } = routeReply(Object.fromEntries(addresses), { queueCount: 1 });
  const route = decodeTopicRoute(body, 0, body.length);
  return encodeTopicRoute({ ...route, mappings }, { isStandardJson: true });
}

function askedOf({ code, fields, source, bodyStart, bodyEnd }: Command): Ran["asked"][number] {
  return [code, Object.fromEntries(fields), source.toString("utf8", bodyStart, bodyEnd).trim()];
}
