/** All figures of a process, in the order in which they are told. docs/metrics.md lists them; a test holds it to this. */
import type { Figure } from "./figure.ts";
import { groupFigures } from "./group-figures.ts";
import { nameserverFigures, processFigures, serverFigures } from "./server-figures.ts";
import type { Snapshot } from "./snapshot.ts";
import { storeFigures } from "./store-figures.ts";
import { trafficFigures } from "./traffic-figures.ts";

export const figures: readonly Figure<Snapshot>[] = [
  ...trafficFigures,
  ...serverFigures,
  ...groupFigures,
  ...storeFigures,
  ...nameserverFigures,
  ...processFigures,
];
