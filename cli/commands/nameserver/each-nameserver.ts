/** Asking every nameserver the same; one that is down takes nothing from the others. */
import { type Client, gather } from "../../../src/client/index.ts";
import type { MissingPart } from "../../render/listing.ts";
import { missingParts } from "../cluster/chosen-brokers.ts";

export interface NameserverAnswers<T> {
  readonly answers: readonly { readonly nameserver: string; readonly value: T }[];
  readonly missing: readonly MissingPart[];
}

/** Throws the first failure when none answers. */
export async function askNameservers<T>(
  { admin }: Client,
  ask: (nameserver: string) => Promise<T>,
): Promise<NameserverAnswers<T>> {
  const asked = admin.cluster.nameservers.map((address) => ({
    brokerName: "nameserver",
    clusterName: "",
    address,
  }));
  const { answers, failures } = await gather(asked, ({ address }) => ask(address));
  return {
    answers: answers.map(({ broker, value }) => ({ nameserver: broker.address, value })),
    missing: missingParts(failures),
  };
}
