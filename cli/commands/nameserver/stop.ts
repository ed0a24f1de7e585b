/** `mq nameserver stop`. */
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { toggle } from "../../flag.ts";
import { addressText } from "../server/serving.ts";
import { readAddress } from "../server/settings.ts";
import { stopProcess } from "../server/stopping.ts";
import { listenFlag, runningNameserver, runningNameservers } from "./nameserver-record.ts";

export const command = defineCommand({
  spec: {
    path: ["nameserver", "stop"],
    summary: "stop a nameserver",
    description:
      "Sends SIGTERM to the nameserver that was started at the address and waits until it has gone.",
    flags: { listen: listenFlag, all: toggle("every nameserver that was started by this user") },
    examples: [
      "mq nameserver stop",
      "mq nameserver stop --all",
      "mq nameserver stop --listen 127.0.0.1:9877",
    ],
  },
  async run(context, { flags }) {
    if (flags.all) {
      await stopAll(context);
      return undefined;
    }
    const address = addressText(readAddress("listen", flags.listen));
    const record = runningNameserver(context, address);
    if (record === undefined) {
      throw new CommandError(
        "MQ-E-NOTRUNNING",
        exitCode.notFound,
        `no nameserver that mq started runs at ${address}`,
      );
    }
    await stopProcess(context, record.pid);
    context.output.note(`stopped process ${record.pid}`);
    return undefined;
  },
});

/** Stops one nameserver after the other. Throws CommandError when none runs. */
async function stopAll(context: CommandContext): Promise<void> {
  const running = runningNameservers(context);
  if (running.length === 0) {
    throw new CommandError(
      "MQ-E-NOTRUNNING",
      exitCode.notFound,
      "no nameserver that this user's mq started runs",
    );
  }
  for (const { pid, nameserver } of running) {
    await stopProcess(context, pid);
    context.output.note(`stopped process ${pid}, the nameserver at ${nameserver}`);
  }
}
