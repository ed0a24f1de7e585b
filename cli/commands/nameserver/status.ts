/** `mq nameserver status`. */
import type { z } from "zod";
import { defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import type { Zod } from "../../flag.ts";
import { addressText } from "../server/serving.ts";
import { readAddress } from "../server/settings.ts";
import { listenFlag, runningNameserver } from "./nameserver-record.ts";

const statusSchema = (z: Zod) =>
  z.object({
    running: z.boolean(),
    nameserver: z.string(),
    pid: z.number().optional(),
  });

export const command = defineCommand({
  spec: {
    path: ["nameserver", "status"],
    summary: "tell whether a nameserver runs",
    description: "Exit code 3 when it does not.",
    flags: { listen: listenFlag },
    output: statusSchema,
    examples: ["mq nameserver status", "mq nameserver status --listen 127.0.0.1:9877 -o json"],
  },
  async run(context, { flags }) {
    const nameserver = addressText(readAddress("listen", flags.listen));
    const record = runningNameserver(context, nameserver);
    context.output.item("ServerStatus", {
      running: record !== undefined,
      nameserver,
      ...(record === undefined ? {} : { pid: record.pid }),
    } satisfies z.infer<ReturnType<typeof statusSchema>>);
    return record === undefined ? exitCode.notFound : undefined;
  },
});
