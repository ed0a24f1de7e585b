/** `mq store queue rebuild` */
import { rebuildQueues } from "../../../src/app/queue-rebuild.ts";
import type { VerifyFacts } from "../../../src/app/store-tools.ts";
import { defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { toggle } from "../../flag.ts";
import { formatCount } from "../../render/format.ts";
import { checkedStore } from "../segment/checked-store.ts";
import { readStoreArgument } from "../segment/store-argument.ts";
import { storeRefusal } from "./store-refusal.ts";

export const command = defineCommand({
  spec: {
    path: ["store", "queue", "rebuild"],
    summary: "build the consume queues again from the log",
    description:
      "Compares the queues with the log, and with --write builds them again from it. Needs a stopped broker; one that was killed\nmeanwhile is finished by the same command, or by the broker's next start. Queue files that RocketMQ wrote last are kept in\nSTORE/mq. Consumers' offsets stay as they are.",
    arguments: [{ name: "STORE", about: "folder of the store", completes: "folder" }],
    flags: { write: toggle("do it; without, the queues are only compared") },
    output: (z) =>
      z.object({
        store: z.string(),
        state: z.enum(["compared", "rebuilt"]),
        records: z.number(),
        queues: z.number(),
        entriesMissing: z.number(),
        damagedQueues: z.number(),
        damagedQueuesBefore: z.number(),
        keptAside: z.string().nullable(),
      }),
    examples: ["mq store queue rebuild ./store", "mq store queue rebuild ./store --write"],
  },
  async run(context, { arguments: [path = ""], flags }) {
    const { folder, isRunning } = readStoreArgument(context, path);
    const { environment, output, global } = context;
    const isWriting = flags.write && !global.dryRun;
    if (isWriting && isRunning) {
      throw usageError(
        `--write: a broker writes to ${folder}`,
        "stop it first (mq broker stop); it builds damaged queues again by itself when it starts",
      );
    }
    const before = checkedStore(context, folder, { isRunning });
    let after = before;
    let keptAside: string | undefined;
    if (isWriting) {
      try {
        keptAside = await rebuildQueues(environment, folder);
      } catch (error) {
        throw storeRefusal(error, "stop the broker; mq segment verify tells what is wrong with it");
      }
      after = checkedStore(context, folder, { isRunning: false });
    }
    const damagedQueues = damagedOf(after);
    output.item("QueueRebuild", {
      store: folder,
      state: isWriting ? "rebuilt" : "compared",
      records: after.records,
      queues: after.queues?.queues ?? 0,
      entriesMissing: after.queues?.entriesMissing ?? 0,
      damagedQueues,
      damagedQueuesBefore: damagedOf(before),
      keptAside: keptAside ?? null,
    });
    output.note(
      isWriting
        ? `${formatCount(after.queues?.queues ?? 0)} queues were built from ${formatCount(after.records)} records`
        : "nothing was written: --write builds the queues again",
    );
    return damagedQueues === 0 ? undefined : exitCode.corrupted;
  },
});

/** Queues with entries that name something else than their record. */
function damagedOf({ queues }: VerifyFacts): number {
  return new Set((queues?.problems ?? []).map(({ topic, queueId }) => `${topic}/${queueId}`)).size;
}
