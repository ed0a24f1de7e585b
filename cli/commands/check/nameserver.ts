/** `mq check nameserver` */
import { ClientError } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { duration, flag, wholeNumber } from "../../flag.ts";
import { allBrokers } from "../cluster/all-brokers.ts";
import {
  type CheckStatus,
  checkFlags,
  checkSchema,
  type Figure,
  runCheck,
  statusOf,
  worst,
} from "./result.ts";

interface Look {
  readonly nameserver: string;
  readonly tookMs: number;
  /** `broker-a/0 host:port` of each; undefined when it did not answer. */
  readonly brokers: readonly string[] | undefined;
}

export const command = defineCommand({
  spec: {
    path: ["check", "nameserver"],
    summary: "tell whether nameservers answer and agree",
    description:
      "Asks each of them which brokers it knows. Critical when none answers or one knows too few brokers; warning when some do\nnot answer, or when they do not know the same brokers. Exit code 0 ok, 1 warning, 2 critical.",
    flags: {
      ...checkFlags,
      warn: flag(duration().optional(), {
        about: "warning when one takes longer to answer",
        value: "DURATION",
      }),
      crit: flag(duration().optional(), { about: "critical above", value: "DURATION" }),
      brokersMin: flag(wholeNumber(0).default(1), {
        about: "critical when one knows fewer broker processes (1)",
        value: "N",
      }),
    },
    output: checkSchema,
    examples: [
      "mq check nameserver -n ns1:9876,ns2:9876",
      "mq check nameserver --brokers-min 4 --crit 500ms --format prometheus",
    ],
  },
  async run(context, { flags }) {
    const { nameservers } = context.client().admin.cluster;
    const options = {
      check: "nameserver",
      subject: nameservers.join(","),
      format: flags.format,
      whenUnreachable: "critical",
    } as const;
    return await runCheck(context, options, async () => {
      const looks = await inParallel(nameservers, (nameserver) => lookAt(context, nameserver));
      const answers = looks.filter(({ brokers }) => brokers !== undefined);
      const figures = answers.flatMap(({ nameserver, tookMs, brokers }): readonly Figure[] => [
        {
          name: "answer",
          server: nameserver,
          value: Math.round(tookMs) / 1_000,
          unit: "s",
          warn: flags.warn === undefined ? undefined : flags.warn / 1_000,
          crit: flags.crit === undefined ? undefined : flags.crit / 1_000,
        },
        { name: "brokers", server: nameserver, value: brokers?.length ?? 0, unit: "" },
      ]);
      const silent = looks.filter(({ brokers }) => brokers === undefined);
      const few = answers.filter(({ brokers }) => (brokers?.length ?? 0) < flags.brokersMin);
      const agree = new Set(answers.map(({ brokers }) => brokers?.join(" "))).size <= 1;
      const problems = [
        ...silent.map(({ nameserver }) => `${nameserver} does not answer`),
        ...few.map(
          ({ nameserver, brokers }) =>
            `${nameserver} knows ${brokers?.length} of ${flags.brokersMin} brokers`,
        ),
        ...(agree ? [] : ["they do not know the same brokers"]),
      ];
      const own: CheckStatus =
        answers.length === 0 || few.length > 0
          ? "critical"
          : problems.length > 0
            ? "warning"
            : "ok";
      return {
        status: worst([own, statusOf(figures)]),
        subject: options.subject,
        message:
          problems.length > 0
            ? problems.join("; ")
            : `${looks.length} answer and know the same ${answers[0]?.brokers?.length ?? 0} brokers`,
        figures,
      };
    });
  },
});

async function lookAt(context: CommandContext, nameserver: string): Promise<Look> {
  const { clock } = context.environment;
  const startMs = clock.elapsedMs();
  try {
    const cluster = await context.client().admin.cluster.describeAt(nameserver);
    const tookMs = clock.elapsedMs() - startMs;
    const brokers = allBrokers(cluster).map(
      ({ brokerName, brokerId, address }) => `${brokerName}/${brokerId} ${address}`,
    );
    return { nameserver, tookMs, brokers };
  } catch (error) {
    if (!(error instanceof ClientError)) {
      throw error;
    }
    return { nameserver, tookMs: 0, brokers: undefined };
  }
}
