/** The script: all its parts in the order in which they are run; each builds on what the ones before it made. */
import type { Step } from "../step.ts";
import { clusterSteps } from "./clusters.ts";
import { errorSteps } from "./errors.ts";
import { flowSteps } from "./flow.ts";
import { groupSteps } from "./groups.ts";
import { letterSteps } from "./letters.ts";
import { messageSteps } from "./messages.ts";
import { metadataSteps } from "./metadata.ts";
import { outageSteps } from "./outage.ts";
import { serverSteps } from "./servers.ts";
import { topicSteps } from "./topics.ts";

export const steps: readonly Step[] = [
  ...topicSteps,
  ...messageSteps,
  ...flowSteps,
  ...groupSteps,
  ...letterSteps,
  ...clusterSteps,
  ...metadataSteps,
  ...errorSteps,
  ...serverSteps,
  ...outageSteps,
];
