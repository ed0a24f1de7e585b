/** Who consumes a topic. */
import { type Admin, gather } from "../../../src/client/index.ts";

/** Groups that consume a topic on any of its brokers, by name; brokers that do not answer are passed over. */
export async function topicGroups(admin: Admin, topic: string): Promise<readonly string[]> {
  const { answers } = await gather(await admin.topics.leaders(topic), ({ address }) =>
    admin.topics.groups(address, topic),
  );
  return [...new Set(answers.flatMap(({ value }) => value))].sort();
}
