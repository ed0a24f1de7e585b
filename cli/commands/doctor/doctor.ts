/** `mq doctor`: why it does not work, from here to the broker's disk, with what to do about each finding. */
import { type CommandContext, defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { duration, flag, text, toggle, wholeNumber } from "../../flag.ts";
import { configPath } from "../../profile/config-file.ts";
import type { Column } from "../../render/listing.ts";
import {
  type Diagnosis,
  diagnosisSchema,
  diagnosisSummary,
  diagnosisText,
  inOrder,
  well,
} from "./diagnosis.ts";
import { lookAtRoutes } from "./route-checks.ts";
import { lookAtServers } from "./server-checks.ts";
import { lookAtStore } from "./store-checks.ts";
import { lookAtTopics } from "./topic-checks.ts";

const columns: readonly Column[] = [
  { key: "status", head: "STATUS" },
  { key: "check", head: "CHECK" },
  { key: "subject", head: "SUBJECT" },
  { key: "detail", head: "DETAIL" },
  { key: "cause", head: "CAUSE", isWide: true },
  { key: "fix", head: "FIX", isWide: true },
];

export const command = defineCommand({
  spec: {
    path: ["doctor"],
    summary: "find out what is wrong, and say what to do",
    description:
      "Looks from here: whether nameservers answer and tell the same, whether each advertised broker address can be reached\nand which one to use instead, masters, clocks, disks, load, topics that nobody may write, groups that nobody consumes,\nretries and dead letters. On a broker's machine --store adds its files, file handles and the speed of its disk.\nChanges nothing. Exit codes: 0 well (or warnings), 10 something failed (or warns, with --strict).",
    flags: {
      store: flag(text(1).optional(), {
        about: "also this store of a broker on this machine; writes and removes a small file there",
        value: "FOLDER",
        completes: "folder",
      }),
      quick: toggle("leave out topics and groups"),
      diskWarn: flag(wholeNumber(1, 100).default(75), {
        about: "warn when so many percent of a disk are used (75)",
        value: "PERCENT",
      }),
      diskFail: flag(wholeNumber(1, 100).default(90), {
        about: "fail when so many percent are used (90)",
        value: "PERCENT",
      }),
      clockWarn: flag(duration().default(1_000), {
        about: "warn when a broker's clock is off by so much; brokers tell whole seconds (1s)",
        value: "DURATION",
      }),
      dlqWindow: flag(duration().default(3_600_000), {
        about: "warn of dead letters of so long ago (1h)",
        value: "DURATION",
      }),
      strict: toggle("a warning is a failure"),
    },
    output: diagnosisSchema,
    examples: [
      "mq doctor",
      "mq doctor -n 10.0.0.9:9876 -o json",
      "mq doctor --store /var/lib/mq --quick",
    ],
  },
  async run(context, { flags }) {
    const bounds = {
      diskWarnShare: flags.diskWarn / 100,
      diskFailShare: flags.diskFail / 100,
      clockWarnMs: flags.clockWarn,
    };
    const local = flags.store === undefined ? [] : await lookAtStore(context, flags.store, bounds);
    const { found, hasBroker } = await lookAtServers(context, bounds);
    const sinceMs = context.environment.clock.nowMs() - flags.dlqWindow;
    const client = context.client();
    const topics =
      hasBroker && !flags.quick
        ? [...(await lookAtRoutes(client)), ...(await lookAtTopics(client, sinceMs))]
        : [];
    const items = inOrder([configDiagnosis(context), ...found, ...topics, ...local]);
    const { output } = context;
    await output.list({
      kind: "Doctor",
      noun: "check",
      nameKey: "subject",
      columns,
      items,
      text: diagnosisText(items, output.isColored),
      summary: diagnosisSummary(items),
    });
    const isUnwell = items.some(
      ({ status }) => status === "fail" || (flags.strict && status === "warn"),
    );
    return isUnwell ? exitCode.unhealthy : undefined;
  },
});

/** The file was read before this command began; what is wrong with it is an error of its own. */
function configDiagnosis({ process, profile }: CommandContext): Diagnosis {
  const path = configPath(process);
  const isThere = process.files.read(path) !== undefined;
  const used = profile.name === undefined ? "no profile in use" : `profile '${profile.name}'`;
  return well("config", path, isThere ? `valid, ${used}` : `not there, ${used}`);
}
