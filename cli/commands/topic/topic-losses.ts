/** What a change takes away from those who use a topic, in words. */
import type { TopicConfig } from "../../../src/client/index.ts";

type Extent = Pick<TopicConfig, "readQueueCount" | "writeQueueCount" | "perm">;

/** None for a change that takes nothing away. */
export function topicLosses(where: string, before: Extent, after: Extent): readonly string[] {
  const warnings: string[] = [];
  if (after.readQueueCount < before.readQueueCount) {
    warnings.push(
      `nobody reads queues ${after.readQueueCount} to ${before.readQueueCount - 1} of ${where} any more, whatever lies there`,
    );
  }
  if (after.writeQueueCount < before.writeQueueCount) {
    warnings.push(
      `producers stop writing to queues ${after.writeQueueCount} to ${before.writeQueueCount - 1} of ${where}; keys go to other queues, so their order is lost across the change`,
    );
  }
  const lost = before.perm & ~after.perm & 6;
  if (lost !== 0) {
    warnings.push(`the topic can no longer be ${lostText(lost)} on ${where}`);
  }
  return warnings;
}

function lostText(lost: number): string {
  return lost === 6 ? "read or written" : lost === 4 ? "read" : "written";
}
