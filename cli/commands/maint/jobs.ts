/** The jobs that there are, in the order in which people read them. */
import { usageError } from "../../command-error.ts";
import { closestWord } from "../../did-you-mean.ts";
import { deadLetters } from "./dead-letters-job.ts";
import type { Job } from "./job.ts";
import { offsets } from "./offsets-job.ts";
import { backup, verify } from "./store-jobs.ts";
import { cleanQueues, cleanTopics, retention } from "./upkeep-jobs.ts";

export const jobs: readonly Job[] = [
  retention,
  cleanQueues,
  cleanTopics,
  offsets,
  backup,
  verify,
  deadLetters,
];

/** The jobs that a list of names means, each once. Throws a usage error for a name that is none. */
export function jobsOf(list: string): readonly Job[] {
  const names = [...new Set(list.split(",").map((name) => name.trim()))];
  return names.map((name) => {
    const job = jobs.find((each) => each.name === name);
    if (job === undefined) {
      const known = jobs.map((each) => each.name);
      const meant = closestWord(name, known);
      throw usageError(
        `'${name}' is no job; there are ${known.join(", ")}`,
        meant === undefined ? "mq maint list tells what each does" : `did you mean ${meant}?`,
      );
    }
    return job;
  });
}
