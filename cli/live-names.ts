/** Names that a cluster has now: what Tab and questions offer. */
import type { Client } from "../src/client/index.ts";

export type NameKind = "topic" | "group" | "broker";

/** All names of a kind, as servers tell them. Throws ClientError. */
export async function liveNames(kind: NameKind, { admin }: Client): Promise<readonly string[]> {
  switch (kind) {
    case "topic":
      return await admin.topics.names();
    case "group":
      return [
        ...new Set(
          (await admin.groups.all()).answers.flatMap(({ value }) =>
            value.map(({ group }) => group),
          ),
        ),
      ];
    case "broker":
      return (await admin.cluster.brokers()).map(({ brokerName }) => brokerName);
  }
}
