/** `mqadmin getColdDataFlowCtrInfo`: who reads old messages of a broker, and how much of them each group may read. */
import type { ColdDataFlow } from "../../../src/client/index.ts";
import { askRocketmq } from "../../rocketmq-only.ts";
import { coldDataTargets, noColdDataFlow } from "../cold-data-flow.ts";
import { type JavaValue, javaJson } from "../java-json.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { eachReplica } from "../targets.ts";
import { secondsText } from "../values.ts";

export const subcommand: Subcommand = {
  options: coldDataTargets,
  spelling: () => undefined,
  async run(call) {
    for (const { address, title } of await eachReplica(call)) {
      await printFlow(call, address, title);
    }
    return undefined;
  },
};

async function printFlow(
  { client, printer }: AdminCall,
  broker: string,
  title: string,
): Promise<void> {
  const flow = await askRocketmq(broker, noColdDataFlow, client.admin.stores.coldDataFlow(broker));
  printer.print(" %s%n", title);
  if (flow === undefined) {
    printer.item({ broker });
    printer.print("Broker[%s] has no cold ctr table !%n", broker);
    return;
  }
  printer.item({ broker, ...flow, thresholds: Object.fromEntries(flow.thresholds) });
  printer.print("%s%n", javaJson(flowValue(flow)));
}

/** In the order in which the broker tells it, times as people read them. */
function flowValue(flow: ColdDataFlow): JavaValue {
  const readers = flow.readers.map(
    ({ group, bytes, readAtMs, createdAtMs }) =>
      [
        group,
        {
          coldAcc: bytes,
          lastColdReadTimeFormat: secondsText(readAtMs),
          createTimeFormat: secondsText(createdAtMs),
        },
      ] as const,
  );
  return {
    runtimeTable: new Map(readers),
    configTable: flow.thresholds,
    cgColdReadThreshold: flow.groupThreshold,
    globalColdReadThreshold: flow.globalThreshold,
    globalAcc: flow.globalBytes,
  };
}
