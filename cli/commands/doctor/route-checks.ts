/** Whether all nameservers tell the same of topics: a client of one that lacks a route finds nothing. */
import type { Client } from "../../../src/client/index.ts";
import { type Contradiction, compareNameservers } from "../nameserver/contradictions.ts";
import { type Diagnosis, fewOf, unwell, well } from "./diagnosis.ts";

/**
 * Nothing where there is one nameserver, or where they do not know the same brokers: that is told of with the brokers,
 * and every topic would say it again. Throws ClientError when no nameserver answers.
 */
export async function lookAtRoutes(client: Client): Promise<readonly Diagnosis[]> {
  if (client.admin.cluster.nameservers.length < 2) {
    return [];
  }
  const { contradictions, answered } = await compareNameservers(client);
  if (answered < 2 || contradictions.some(({ what }) => what === "broker")) {
    return [];
  }
  return contradictions.length === 0
    ? [well("route", "all topics", `${answered} nameservers tell the same`)]
    : fewOf(contradictions.map(differingRoute), "topics");
}

function differingRoute({ name, sayings }: Contradiction): Diagnosis {
  const told = sayings.map(({ nameserver, says }) => `${nameserver}: ${says ?? "not known"}`);
  return unwell("warn", "route", {
    subject: name,
    detail: `nameservers contradict each other (${told.join(" | ")})`,
    cause: "it was deleted or changed at one of them only, or a moment ago",
    fix: "mq nameserver drift half a minute from now; what still differs: mq topic update, so that its brokers register it anew, or mq topic delete",
  });
}
