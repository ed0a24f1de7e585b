/** A cluster as a document: exported, compared, applied. */
import { bothWays, type Step } from "../step.ts";

export const metadataSteps: readonly Step[] = [
  { run: "export metadata --offsets --to $DIR/cluster.yaml" },
  ...bothWays("export metadata"),
  { run: "diff -f $DIR/cluster.yaml -o json" },
  { run: "topic create extra --queues 3 -o name" },
  { run: "topic update parcels --perm r --yes -o name" },
  { run: "diff -f $DIR/cluster.yaml --prune --exit-code -o table", exit: 11, until: /extra/ },
  { run: "diff -f $DIR/cluster.yaml --exit-code -o json", exit: 11 },
  { run: "apply -f $DIR/cluster.yaml", exit: 6 },
  { run: "apply -f $DIR/cluster.yaml --dry-run -o table" },
  { run: "apply -f $DIR/cluster.yaml --yes -o json" },
  { run: "apply -f $DIR/cluster.yaml --yes -o table" },
  { run: "apply -f $DIR/cluster.yaml --prune --yes -o json" },
  { run: "topic describe extra", exit: 3, until: /MQ-E/ },
  { run: "import metadata -f $DIR/cluster.yaml --offsets --yes -o table" },
  { run: "apply -f $DIR/nowhere.yaml --yes", exit: 2 },
];
