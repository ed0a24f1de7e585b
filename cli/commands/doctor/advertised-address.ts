/**
 * Why a broker cannot be reached at the address that it advertises, and where it can be. A broker in a container
 * tells nameservers the address that it sees of itself, and only its neighbours can use that one.
 */
import type { Client } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import type { Explanation } from "./diagnosis.ts";

interface HostKind {
  readonly is: "loopback" | "unspecified" | "container" | "private" | "other";
  readonly means: string;
}

/** Networks that container runtimes and their orchestrators give out by default. */
const containerNetworks: readonly (readonly [RegExp, string])[] = [
  [/^172\.(1[7-9]|2\d|3[01])\./, "Docker's own networks"],
  [/^10\.88\./, "Podman's own network"],
  [/^10\.(42|244)\./, "Kubernetes pods"],
  [/^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./, "carriers' and pods' networks"],
];

export function kindOfHost(host: string): HostKind {
  if (/^127\./.test(host) || host === "localhost" || host === "::1") {
    return { is: "loopback", means: "a loopback address, which every machine has for itself" };
  }
  if (host === "0.0.0.0" || host === "::" || host === "") {
    return { is: "unspecified", means: "no address that anybody could connect to" };
  }
  const network = containerNetworks.find(([pattern]) => pattern.test(host));
  if (network !== undefined) {
    return { is: "container", means: `a container address, of ${network[1]}` };
  }
  if (/^(10\.|192\.168\.|172\.16\.|169\.254\.)/.test(host)) {
    return { is: "private", means: "an address of a private network" };
  }
  return { is: "other", means: "" };
}

export interface Unreachable {
  readonly brokerName: string;
  /** As it is advertised. */
  readonly address: string;
  /** Nameservers that named it. */
  readonly nameservers: readonly string[];
  /** The profile in use. */
  readonly profile: string | undefined;
  /** Whether the profile leads to another address already. */
  readonly rewrittenTo: string | undefined;
}

/** Looks whether the broker answers under a nameserver's name, and says what to change. */
export async function explainUnreachable(
  client: Client,
  { brokerName, address, nameservers, profile, rewrittenTo }: Unreachable,
): Promise<Explanation> {
  if (rewrittenTo !== undefined) {
    return {
      cause: `the profile leads to ${rewrittenTo}, and nobody answers there`,
      fix: `correct it: mq profile edit ${profile} --rewrite ${address}=HOST:PORT, or take it back with --rewrite ${address}=`,
    };
  }
  const [host, port] = split(address);
  const kind = kindOfHost(host);
  const found = await answeringAt(client, brokerName, port, [
    ...new Set(nameservers.map((each) => split(each)[0]).filter((each) => each !== host)),
  ]);
  const there = found ?? `HOST:${port}`;
  const here =
    profile === undefined
      ? `mq profile create NAME --at ${nameservers.join(",")} --rewrite ${address}=${there}`
      : `mq profile edit ${profile} --rewrite ${address}=${there}`;
  const server = `on the server brokerIP1=${split(there)[0]} in broker.conf (mq: --advertise ${there})`;
  if (kind.is === "other" || (kind.is === "private" && found === undefined)) {
    return {
      cause: `its host is down, or a firewall between here and ${kind.means || "it"} lets nothing through`,
      fix: `look whether the broker runs and port ${port} is open; if it is reached elsewhere, ${server}, or here: ${here}`,
    };
  }
  const meant = found === undefined ? "" : `; ${brokerName} does answer at ${found}`;
  return { cause: `${kind.means}${meant}`, fix: `${server}; or here: ${here}` };
}

/** The first of the hosts where the broker itself answers. */
async function answeringAt(
  { admin }: Client,
  brokerName: string,
  port: string,
  hosts: readonly string[],
): Promise<string | undefined> {
  const found = await inParallel(hosts, async (host) => {
    const address = `${host}:${port}`;
    const config = await admin.brokers.config(address).catch(() => undefined);
    return config?.get("brokerName") === brokerName ? address : undefined;
  });
  return found.find((address) => address !== undefined);
}

export function split(address: string): readonly [host: string, port: string] {
  const at = address.lastIndexOf(":");
  return [address.slice(0, at), address.slice(at + 1)];
}
