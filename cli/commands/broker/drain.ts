/** `mq broker drain`: before a broker is stopped, nobody is sent to it any more. */
import type { BrokerAddress } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { duration, flag, onOff } from "../../flag.ts";
import { pause } from "../../pause.ts";
import { brokerFacts } from "../cluster/broker-facts.ts";
import { brokerProcesses } from "./one-broker.ts";
import { changeWritePermission, permissionSchema } from "./write-permission.ts";

const lookEveryMs = 500;

export const command = defineCommand({
  spec: {
    path: ["broker", "drain"],
    summary: "send no producer to a broker any more",
    description:
      "Takes the broker's write permission away at every nameserver (205). Producers learn of it when they ask for routes\nagain, official clients within 30 seconds; consumers go on reading. Then waits until the broker wrote nothing for ten\nseconds; exit code 124 when that takes too long. `mq broker resume` gives the permission back, and so does a broker\nthat registers with changed topics, or a nameserver that starts anew.",
    arguments: [{ name: "BROKER", about: "name of the broker", completes: "broker" }],
    flags: {
      wait: flag(onOff().default(true), { about: "do not wait until nobody writes" }),
      within: flag(duration().default(90_000), { about: "wait at most (90s)", value: "DURATION" }),
    },
    output: permissionSchema,
    examples: ["mq broker drain broker-a --dry-run", "mq broker drain broker-a --within 2m --yes"],
  },
  async run(context, { arguments: [broker = ""], flags }) {
    const { admin } = context.client();
    const code = await changeWritePermission(context, broker, {
      kind: "BrokerDrain",
      outcome: "drained",
      question: (name) => `Send no producer to broker '${name}' any more?`,
      change: (nameserver, name) => admin.nameservers.wipeWritePerm(nameserver, name),
    });
    if (code !== undefined || context.global.dryRun || !flags.wait) {
      return code;
    }
    const [leader] = await brokerProcesses(context.client(), broker);
    return await untilIdle(context, leader, flags.within);
  },
});

/** The broker's own rate of the last ten seconds: connected producers say nothing, they stay connected. */
async function untilIdle(
  context: CommandContext,
  { brokerName, address }: BrokerAddress,
  withinMs: number,
): Promise<ExitCode | undefined> {
  const { clock } = context.environment;
  const { admin } = context.client();
  const endMs = clock.elapsedMs() + withinMs;
  for (;;) {
    const { inPerSecond } = brokerFacts(await admin.cluster.runtimeInfo(address));
    if (inPerSecond === 0) {
      context.output.note(`nobody writes to ${brokerName}`);
      return undefined;
    }
    if (clock.elapsedMs() >= endMs) {
      const groups = [...(await admin.brokers.producers(address)).keys()];
      context.output.note(
        `${brokerName} still gets ${inPerSecond.toFixed(1)} messages a second; producers: ${groups.join(", ") || "none"}`,
      );
      return exitCode.waitedTooLong;
    }
    if (context.signal.aborted) {
      return exitCode.interrupted;
    }
    await pause(context, Math.min(lookEveryMs, endMs - clock.elapsedMs()), context.signal);
  }
}
