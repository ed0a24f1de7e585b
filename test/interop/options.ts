/** What `make interop` is asked to do, from its environment. */
import {
  adminScenario,
  compatPeerScenario,
  compatScenario,
  controlledScenario,
  mixedScenario,
  popScenario,
  scenarioNames,
  wayBackScenario,
} from "./scenarios.ts";
import { type Variant, variants } from "./variant.ts";

export interface InteropOptions {
  readonly target: "mq" | "rocketmq";
  /** More messages, each client by itself on a fresh store, and mq in both flush modes. */
  readonly isFull: boolean;
  /** The clients that were chosen and have one of the scenarios, each with those that it has. */
  readonly variants: readonly Variant[];
  /** Of the programs; none when only the others were chosen. */
  readonly scenarios: readonly string[];
  /** A store of mq is opened by a real RocketMQ and comes back; only mq has such a way. */
  readonly hasWayBack: boolean;
  /** Also the commands of RocketMQ's mqadmin. */
  readonly hasAdmin: boolean;
  /** `mq mqadmin` prints what RocketMQ's mqadmin prints. */
  readonly hasCompat: boolean;
  /** The same on a RocketMQ, for what only its brokers do. */
  readonly hasCompatPeer: boolean;
  /** The same, of a real cluster with a controller that the scenario starts itself. */
  readonly hasControlled: boolean;
  /** A group that pops is moved by mq's commands, on a RocketMQ that the scenario starts itself. */
  readonly hasPop: boolean;
  /** Real brokers and ones of mq are one cluster. */
  readonly hasMixed: boolean;
  /** Writes observations.json instead of comparing with it: for a new version of the peer only. */
  readonly isRecording: boolean;
}

export function parseInteropOptions(
  environment: Readonly<Record<string, string | undefined>>,
): InteropOptions {
  const target =
    environment["PEER"] === undefined || environment["PEER"] === "" ? "mq" : "rocketmq";
  if (target === "rocketmq" && environment["PEER"] !== "rocketmq") {
    throw new Error(`PEER=${environment["PEER"]}: only rocketmq can be named`);
  }
  const isRecording = isSet(environment["RECORD"]);
  if (isRecording && target !== "rocketmq") {
    throw new Error("RECORD=1 writes what a real RocketMQ answers: it needs PEER=rocketmq");
  }
  const clients = chosen(
    "CLIENT",
    environment["CLIENT"],
    variants.map(({ name }) => name),
  );
  const asked = chosen("SCENARIO", environment["SCENARIO"], [
    ...scenarioNames,
    wayBackScenario,
    adminScenario,
    compatScenario,
    compatPeerScenario,
    controlledScenario,
    mixedScenario,
    popScenario,
  ]);
  const scenarios = asked.filter((name) => scenarioNames.includes(name));
  const isPart = clients.length < variants.length || scenarios.length < scenarioNames.length;
  if (isRecording && scenarios.length > 0 && isPart) {
    throw new Error("RECORD=1 needs all clients and all scenarios: CLIENT and SCENARIO choose");
  }
  return {
    target,
    isFull: isSet(environment["FULL"]),
    variants: variants
      .filter(({ name }) => clients.includes(name))
      .map((variant) => ({
        ...variant,
        scenarios: variant.scenarios.filter((name) => scenarios.includes(name)),
      }))
      .filter((variant) => variant.scenarios.length > 0),
    scenarios,
    hasWayBack: target === "mq" && asked.includes(wayBackScenario),
    hasAdmin: asked.includes(adminScenario),
    hasCompat: asked.includes(compatScenario),
    hasCompatPeer: asked.includes(compatPeerScenario),
    hasControlled: target === "mq" && asked.includes(controlledScenario),
    hasPop: target === "mq" && asked.includes(popScenario),
    hasMixed: target === "mq" && asked.includes(mixedScenario),
    isRecording,
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0";
}

function chosen(
  name: string,
  value: string | undefined,
  all: readonly string[],
): readonly string[] {
  if (value === undefined || value === "") {
    return all;
  }
  const wanted = value.split(",").map((word) => word.trim());
  const unknown = wanted.find((word) => !all.includes(word));
  if (unknown !== undefined) {
    throw new Error(`${name}=${unknown}: known are ${all.join(", ")}`);
  }
  return wanted;
}
