/** `mq store index rebuild` */
import { rebuildIndex } from "../../../src/app/index-rebuild.ts";
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
    path: ["store", "index", "rebuild"],
    summary: "build the key index again from the log",
    description:
      "Compares the index with the log, and with --write builds it again from it. Needs a stopped broker; what was there is kept\nin STORE/mq. One that was killed meanwhile is finished by the same command, or by the broker's next start.",
    arguments: [{ name: "STORE", about: "folder of the store", completes: "folder" }],
    flags: { write: toggle("do it; without, the index is only compared") },
    output: (z) =>
      z.object({
        store: z.string(),
        state: z.enum(["compared", "rebuilt"]),
        files: z.number(),
        entries: z.number(),
        entriesMissing: z.number(),
        damagedPlaces: z.number(),
        damagedPlacesBefore: z.number(),
        keptAside: z.string().nullable(),
      }),
    examples: ["mq store index rebuild ./store", "mq store index rebuild ./store --write"],
  },
  async run(context, { arguments: [path = ""], flags }) {
    const { folder, isRunning } = readStoreArgument(context, path);
    const { environment, output, global } = context;
    if (isRunning) {
      throw usageError(
        `a broker writes to ${folder}, and what it keeps in memory would look damaged`,
        "stop it first (mq broker stop); it makes a damaged file of the index again by itself",
      );
    }
    const isWriting = flags.write && !global.dryRun;
    // Undefined for a store without an index.
    const compared = () => checkedStore(context, folder, { isRunning: false, isDeep: true }).keys;
    const before = compared();
    let after = before;
    let keptAside: string | undefined;
    if (isWriting) {
      try {
        keptAside = await rebuildIndex(environment, folder);
      } catch (error) {
        throw storeRefusal(error, "stop the broker; mq segment verify tells what is wrong with it");
      }
      after = compared();
    }
    const damagedPlaces = after?.problems.length ?? 0;
    output.item("IndexRebuild", {
      store: folder,
      state: isWriting ? "rebuilt" : "compared",
      files: after?.files ?? 0,
      entries: after?.entries ?? 0,
      entriesMissing: after?.entriesMissing ?? 0,
      damagedPlaces,
      damagedPlacesBefore: before?.problems.length ?? 0,
      keptAside: keptAside ?? null,
    });
    output.note(
      isWriting
        ? `${formatCount(after?.entries ?? 0)} keys were entered from the log`
        : "nothing was written: --write builds the index again",
    );
    return damagedPlaces === 0 ? undefined : exitCode.corrupted;
  },
});
