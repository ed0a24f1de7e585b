/** Topics: made, changed, shown, deleted. */
import { bothWays, type Step } from "../step.ts";

export const topicSteps: readonly Step[] = [
  { run: "topic list" },
  { run: "topic list -o table" },
  { run: "topic create orders --queues 2 --dry-run" },
  { run: "topic create orders --queues 2 -o table" },
  { run: "topic create orders --queues 2", exit: 6 },
  { run: "topic create orders --if-not-exists -o json" },
  { run: "topic create letters --queues 1 -o json" },
  { run: "topic create parcels --queues 4 --perm r -o table" },
  { run: "topic update parcels --queues 2", exit: 6 },
  { run: "topic update parcels --queues 2 --dry-run -o table" },
  { run: "topic update parcels --queues 2 --perm rw --yes -o json" },
  { run: "topic create parcels --queues 2 --broker nobody", exit: 3 },
  ...bothWays("topic list", { until: /parcels/ }),
  { run: "topic list -o name" },
  { run: "topic list -o csv" },
  { run: "topic list -o 'template={{.name}} {{.perm}}'" },
  ...bothWays("topic describe orders"),
  ...bothWays("topic route orders"),
  { run: "topic create short-lived --queues 1 -o name" },
  { run: "topic delete short-lived", exit: 6 },
  { run: "topic delete short-lived --dry-run -o table" },
  { run: "topic delete short-lived --yes -o table" },
  { run: "topic delete short-lived --yes", exit: 3 },
];
