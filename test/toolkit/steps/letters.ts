/** Dead letters: listed, shown, sent again. */
import { bothWays, type Step } from "../step.ts";

export const letterSteps: readonly Step[] = [
  { run: "dlq list -o json" },
  { run: "dlq show billing" },
  { action: "letters gives up three messages" },
  ...bothWays("dlq list", { until: /\b3\b/ }),
  ...bothWays("dlq show billing", { until: /m2/ }),
  { run: "dlq show billing --last 1 -F '%v'" },
  ...bothWays("dlq describe billing"),
  { run: "dlq export billing --to $DIR/dead.jsonl --grep m1 -o json" },
  { run: "dlq export billing --to $DIR/dead.jsonl", exit: 6 },
  { run: "dlq purge billing --yes -o json" },
  { run: "check dlq billing", exit: 1 },
  { run: "check dlq billing --crit 2", exit: 2 },
  { run: "check dlq billing --warn 5" },
  { run: "dlq redrive billing", exit: 6 },
  { run: "dlq redrive billing --dry-run -o table" },
  { run: "dlq redrive billing --grep m1 --rate 1000 --yes -o json" },
  { run: "dlq redrive billing --rate 1000 --yes -o table" },
  { run: "dlq redrive billing --rate 1000 --yes -o json" },
  { run: "topic tail letters --offset start --exit-at-end -F '%v'", until: /m2[\s\S]*m2/ },
  { run: "maint run dead-letters --max-dead-letters 2 -o json", exit: 10 },
  { run: "maint run offsets --offsets-to $DIR/offsets -o json" },
  { run: "dlq redrive nobody --yes", exit: 3 },
  { run: "dlq show nobody", exit: 3 },
  { run: "dlq describe nobody", exit: 3 },
];
