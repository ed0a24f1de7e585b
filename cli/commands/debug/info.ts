/** `mq debug info`: what this mq runs in, for the head of a bug report. */
import { defineCommand } from "../../command.ts";
import { formatBytes } from "../../render/format.ts";
import { storeFlag } from "../server/server-flags.ts";
import { storeFolder } from "../server/settings.ts";
import { clientFacts, type LocalServer } from "./client-facts.ts";
import { Secrets } from "./secrets.ts";

export const command = defineCommand({
  spec: {
    path: ["debug", "info"],
    summary: "show what this mq runs in, without secrets",
    description:
      "Version, system, profile, nameservers, variables that mq goes by, and the memory and processor time of the broker that\nholds the store on this machine. Asks no server.",
    flags: { store: storeFlag },
    output: (z) =>
      z.object({
        version: z.string(),
        executable: z.string(),
        system: z.string().nullable(),
        kernel: z.string().nullable(),
        profile: z.string().nullable(),
        nameservers: z.array(z.string()),
        config: z.string(),
        hasConfig: z.boolean(),
        folder: z.string(),
        store: z.string(),
        server: z
          .object({
            pid: z.number(),
            kind: z.string(),
            broker: z.string().nullable(),
            nameserver: z.string().nullable(),
            http: z.string().nullable(),
            upSeconds: z.number(),
            residentBytes: z.number().nullable(),
            residentBytesMax: z.number().nullable(),
            cpuSeconds: z.number().nullable(),
            threads: z.number().nullable(),
            openFiles: z.number().nullable(),
            openFilesMax: z.number().nullable(),
          })
          .nullable(),
        variables: z.record(z.string(), z.string()),
      }),
    examples: ["mq debug info", "mq debug info --store /var/lib/mq -o json"],
  },
  async run(context, { flags }) {
    const secrets = new Secrets();
    const facts = clientFacts(context, storeFolder(context, flags.store), secrets);
    context.output.item("DebugInfo", facts, {
      columns: [
        { key: "version", head: "version" },
        { key: "executable", head: "executable" },
        { key: "system", head: "system" },
        { key: "kernel", head: "kernel" },
        { key: "profile", head: "profile" },
        { key: "nameservers", head: "nameservers", show: (value) => String(value) },
        {
          key: "config",
          head: "configuration",
          show: (value) => `${value}${facts.hasConfig ? "" : " (not there)"}`,
        },
        { key: "folder", head: "folder" },
        { key: "store", head: "store" },
        { key: "server", head: "server", show: () => serverText(facts.server) },
        {
          key: "variables",
          head: "variables",
          show: () =>
            Object.entries(facts.variables)
              .map(([name, value]) => `${name}=${value}`)
              .join(" ") || "-",
        },
      ],
    });
    return undefined;
  },
});

function serverText(server: LocalServer | null): string {
  if (server === null) {
    return "none on this store";
  }
  const { pid, kind, upSeconds, residentBytes, cpuSeconds, openFiles } = server;
  const memory = residentBytes === null ? "" : `, ${formatBytes(residentBytes)}`;
  const cpu = cpuSeconds === null ? "" : `, ${cpuSeconds.toFixed(1)} s of processor`;
  const files = openFiles === null ? "" : `, ${openFiles} files open`;
  return `${kind} ${pid}, up ${upSeconds} s${memory}${cpu}${files}`;
}
