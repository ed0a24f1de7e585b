/** Who is sent to a broker: its write permission at every nameserver, taken and given back. */
import { ClientError } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { toCommandError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import type { Zod } from "../../flag.ts";
import type { MissingPart } from "../../render/listing.ts";
import { exitFor } from "../cluster/chosen-brokers.ts";
import { brokerProcesses } from "./one-broker.ts";

export interface PermissionChange {
  readonly kind: string;
  readonly outcome: "drained" | "resumed";
  readonly question: (broker: string) => string;
  /** Changes it at one nameserver; resolves with the number of topics. */
  readonly change: (nameserver: string, brokerName: string) => Promise<number>;
}

export const permissionSchema = (z: Zod) =>
  z.object({
    broker: z.string(),
    nameserver: z.string(),
    topics: z.number().nullable(),
    outcome: z.enum(["drained", "resumed", "would be drained", "would be resumed"]),
  });

/** Asks, then changes it at every nameserver. Resolves with what it printed rows for, and what failed. */
export async function changeWritePermission(
  context: CommandContext,
  broker: string,
  { kind, outcome, question, change }: PermissionChange,
): Promise<ExitCode | undefined> {
  const { admin } = context.client();
  const [{ brokerName }] = await brokerProcesses(context.client(), broker);
  const { nameservers } = admin.cluster;
  const rows: { nameserver: string; topics: number | null }[] = [];
  const missing: MissingPart[] = [];
  if (context.global.dryRun) {
    rows.push(...nameservers.map((nameserver) => ({ nameserver, topics: null })));
  } else if (await context.confirm(question(brokerName))) {
    for (const nameserver of nameservers) {
      try {
        rows.push({ nameserver, topics: await change(nameserver, brokerName) });
      } catch (error) {
        if (!(error instanceof ClientError)) {
          throw error;
        }
        missing.push({ from: "nameserver", address: nameserver, error: toCommandError(error) });
      }
    }
  } else {
    context.output.note("nothing changed");
    return exitCode.precondition;
  }
  await context.output.list({
    kind,
    noun: "nameserver",
    nameKey: "nameserver",
    columns: [
      { key: "broker", head: "BROKER" },
      { key: "nameserver", head: "NAMESERVER" },
      { key: "topics", head: "TOPICS", align: "right" },
      { key: "outcome", head: "OUTCOME" },
    ],
    items: rows.map((row) => ({
      broker: brokerName,
      ...row,
      outcome: context.global.dryRun ? `would be ${outcome}` : outcome,
    })),
    missing,
  });
  const [first] = missing;
  return rows.length === 0 && first !== undefined ? first.error.exitCode : exitFor(missing);
}
