/** `mq profile check`: whether each nameserver of the profile in use answers, and each broker that it names. */
import { ClientError } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { nameserversOf } from "../../global-flags.ts";
import { allBrokers } from "../cluster/all-brokers.ts";

interface Checked {
  readonly kind: "nameserver" | "broker";
  readonly name: string;
  readonly address: string;
  readonly problem: string | null;
}

export const command = defineCommand({
  spec: {
    path: ["profile", "check"],
    summary: "tell whether a profile's servers answer from here",
    description:
      "Asks every nameserver, then every broker at the address that it advertises, or where the profile's rewrite table\nleads. Exit code 10 when one does not answer.",
    flags: {},
    output: (z) =>
      z.object({
        kind: z.enum(["nameserver", "broker"]),
        name: z.string(),
        address: z.string(),
        problem: z.string().nullable(),
      }),
    examples: ["mq profile check", "mq profile check -P prod -o json"],
  },
  async run(context) {
    const nameservers = nameserversOf(context.global, context.process.environment);
    const answers = await inParallel(nameservers, (address) => nameserverAt(context, address));
    const brokers = new Map(
      answers.flatMap(({ found }) => found).map((each) => [each.address, each]),
    );
    const items: readonly Checked[] = [
      ...answers.map(({ checked }) => checked),
      ...(await inParallel([...brokers.values()], async ({ brokerName, address }) => ({
        kind: "broker" as const,
        name: brokerName,
        address,
        problem: await problemOf(() => context.client().admin.cluster.runtimeInfo(address)),
      }))),
    ];
    const failed = items.filter(({ problem }) => problem !== null).length;
    await context.output.list({
      kind: "ProfileCheck",
      noun: "server",
      nameKey: "address",
      columns: [
        { key: "kind", head: "KIND" },
        { key: "name", head: "NAME" },
        { key: "address", head: "ADDRESS" },
        { key: "problem", head: "PROBLEM", show: (value) => String(value ?? "-") },
      ],
      items: items.map((each) => ({ ...each })),
      summary: failed === 0 ? "all answer" : `${failed} of ${items.length} do not answer`,
    });
    return failed === 0 ? undefined : exitCode.unhealthy;
  },
});

async function nameserverAt(context: CommandContext, address: string) {
  let found: ReturnType<typeof allBrokers> = [];
  const problem = await problemOf(async () => {
    found = allBrokers(await context.clientAt(address).admin.cluster.describe());
  });
  return { checked: { kind: "nameserver" as const, name: address, address, problem }, found };
}

async function problemOf(ask: () => Promise<unknown>): Promise<string | null> {
  try {
    await ask();
    return null;
  } catch (error) {
    if (error instanceof ClientError) {
      return error.message;
    }
    throw error;
  }
}
