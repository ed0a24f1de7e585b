/** Mistakes: what is not there, what is mistyped, what nobody answers. */
import type { Step } from "../step.ts";

export const errorSteps: readonly Step[] = [
  { run: "topic describe nowhere", exit: 3 },
  { run: "topic describe nowhere -o json", exit: 3 },
  { run: "topic route nowhere", exit: 3 },
  { run: "topic tail nowhere --exit-at-end", exit: 3 },
  { run: "topic update nowhere --queues 2 --yes", exit: 3 },
  { run: "topic stats nowhere", exit: 3 },
  { run: "topic produce orders --queue 77 --value x", exit: 3 },
  { run: "topic produce 'no name' --value x", exit: 1 },
  { run: "topic create 'no name'", exit: 1 },
  { run: "message find --topic nowhere --key x", exit: 3 },
  { run: "group describe nobody", exit: 3 },
  { run: "group lag nobody -o json", exit: 3 },
  { run: "group members nobody", exit: 3 },
  { run: "check dlq nobody", exit: 3 },
  { run: "check topic nowhere -o json", exit: 2 },
  { run: "topic lits", exit: 2 },
  { run: "topic describe orders --colum a", exit: 2 },
  { run: "topic list --columns nmae -o table", exit: 2 },
  { run: "topic list -o jsno", exit: 2 },
  { run: "topic create orders --queues many", exit: 2 },
  { run: "topic describe", exit: 2 },
  { run: "topic list -n $DOWN --timeout 1s", exit: 5 },
  { run: "topic list -n $DOWN --timeout 1s -o json", exit: 5 },
  { run: "cluster health -n $DOWN --timeout 1s", exit: 5 },
];
