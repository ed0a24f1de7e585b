/** `mq nameserver stop`. */
import { defineCommand } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { addressText } from "../server/serving.ts";
import { readAddress } from "../server/settings.ts";
import { stopProcess } from "../server/stopping.ts";
import { listenFlag, runningNameserver } from "./nameserver-record.ts";

export const command = defineCommand({
  spec: {
    path: ["nameserver", "stop"],
    summary: "stop a nameserver",
    description:
      "Sends SIGTERM to the nameserver that was started at the address and waits until it has gone.",
    flags: { listen: listenFlag },
    examples: ["mq nameserver stop", "mq nameserver stop --listen 127.0.0.1:9877"],
  },
  async run(context, { flags }) {
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
