/** Settings as RocketMQ's `mqbroker -p` and `-m` tell them: `name=value`, one a line. */
import { choice, flag } from "../../flag.ts";

export const printSettingsFlag = flag(choice(["all", "important"]).optional(), {
  about: "print the settings and end",
  value: "WHICH",
});

/** Those of mq's that RocketMQ marks as important. */
const important: ReadonlySet<string> = new Set([
  ...["aclEnable", "autoCreateSubscriptionGroup", "autoCreateTopicEnable", "brokerIP1"],
  ...["listenPort", "msgTraceTopicName", "namesrvAddr", "rejectTransactionMessage"],
  "traceTopicEnable",
]);

/** The chosen ones by name, undefined ones with nothing behind the equals sign. */
export function settingLines(
  which: "all" | "important",
  settings: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  return Object.entries(settings)
    .filter(([name]) => which === "all" || important.has(name))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value ?? ""}\n`)
    .join("");
}
