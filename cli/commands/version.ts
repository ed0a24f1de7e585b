/** `mq version`: what this executable is. */
import type { z } from "zod";
import { version } from "../../src/core/version.ts";
import { defineCommand } from "../command.ts";
import type { Zod } from "../flag.ts";

const versionSchema = (z: Zod) => z.object({ name: z.literal("mq"), version: z.string() });

export const command = defineCommand({
  spec: {
    path: ["version"],
    summary: "show the version",
    flags: {},
    output: versionSchema,
    examples: ["mq version", "mq version -o json"],
  },
  async run({ output }) {
    const item = { name: "mq", version } as const satisfies z.infer<
      ReturnType<typeof versionSchema>
    >;
    output.item("Version", item, { text: `mq ${version}\n` });
    return undefined;
  },
});
