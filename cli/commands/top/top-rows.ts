/** The rows of `mq top`: what each view shows of a cluster, busiest first. */
import { type BrokerAddress, type Client, ClientError, gather } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import type { Zod } from "../../flag.ts";
import { formatCount } from "../../render/format.ts";
import type { Column } from "../../render/listing.ts";
import { isSystemGroup } from "../group/group-names.ts";
import type { ClusterSample } from "./cluster-sample.ts";
import { connectedClients } from "./connections.ts";
import { brokerFlows, groupFlows, topicFlows } from "./rates.ts";

export const viewNames = ["brokers", "topics", "groups", "clients"] as const;
export type ViewName = (typeof viewNames)[number];

export interface TopRow {
  readonly time: string;
  readonly kind: "broker" | "topic" | "group" | "client";
  readonly name: string;
  readonly address: string | null;
  readonly inPerSecond: number | null;
  readonly outPerSecond: number | null;
  readonly lag: number | null;
  readonly members: number | null;
  /** Share of the disk, 0 to 1. */
  readonly diskUsed: number | null;
  readonly version: string | null;
  readonly language: string | null;
  readonly role: "producer" | "consumer" | "both" | null;
  readonly groups: readonly string[] | null;
  readonly [key: string]: unknown;
}

export const topRowSchema = (z: Zod) =>
  z.object({
    time: z.string(),
    kind: z.enum(["broker", "topic", "group", "client"]),
    name: z.string(),
    address: z.string().nullable(),
    inPerSecond: z.number().nullable(),
    outPerSecond: z.number().nullable(),
    lag: z.number().nullable(),
    members: z.number().nullable(),
    diskUsed: z.number().nullable(),
    version: z.string().nullable(),
    language: z.string().nullable(),
    role: z.enum(["producer", "consumer", "both"]).nullable(),
    groups: z.array(z.string()).nullable(),
  });

const rateColumns: readonly Column[] = [
  { key: "inPerSecond", head: "IN/S", align: "right", show: showRate },
  { key: "outPerSecond", head: "OUT/S", align: "right", show: showRate },
  { key: "lag", head: "LAG", align: "right" },
];

export const viewColumns = {
  brokers: [
    { key: "name", head: "BROKER" },
    { key: "address", head: "ADDRESS" },
    ...rateColumns,
    { key: "diskUsed", head: "DISK", align: "right", show: showShare },
    { key: "version", head: "VERSION" },
  ],
  topics: [{ key: "name", head: "TOPIC" }, ...rateColumns],
  groups: [
    { key: "name", head: "GROUP" },
    ...rateColumns,
    { key: "members", head: "MEMBERS", align: "right" },
  ],
  clients: [
    { key: "name", head: "CLIENT" },
    { key: "address", head: "ADDRESS" },
    { key: "role", head: "ROLE" },
    { key: "language", head: "LANGUAGE" },
    { key: "version", head: "VERSION" },
    {
      key: "groups",
      head: "GROUPS",
      show: (value) => (Array.isArray(value) ? value.join(",") : "-"),
    },
  ],
} as const satisfies Record<ViewName, readonly Column[]>;

/** Of so many groups at the top it is asked who their members are. */
const groupsAsked = 200;

const nothing = {
  ...{ address: null, inPerSecond: null, outPerSecond: null, lag: null, members: null },
  ...{ diskUsed: null, version: null, language: null, role: null, groups: null },
} as const;

export interface Looks {
  readonly before: ClusterSample | undefined;
  readonly now: ClusterSample;
  readonly brokers: readonly BrokerAddress[];
  readonly time: string;
}

export async function topRows(
  client: Client,
  view: ViewName,
  { before, now, brokers, time }: Looks,
): Promise<readonly TopRow[]> {
  switch (view) {
    case "brokers":
      return brokerFlows(before, now)
        .map(
          ({ sample, inPerSecond, outPerSecond, lag }): TopRow => ({
            ...nothing,
            ...{ time, kind: "broker", name: sample.broker.brokerName },
            ...{ address: sample.broker.address, inPerSecond, outPerSecond, lag },
            diskUsed: sample.facts.diskUsed ?? null,
            version: sample.facts.version,
          }),
        )
        .sort(byRate);
    case "topics":
      return topicFlows(before, now)
        .map((flow): TopRow => ({ ...nothing, ...flow, time, kind: "topic" }))
        .sort(byRate);
    case "groups": {
      const rows = groupFlows(before, now)
        .filter(({ name }) => !isSystemGroup(name))
        .map((flow): TopRow => ({ ...nothing, ...flow, time, kind: "group" }))
        .sort(byLag);
      return await withMembers(client, brokers, rows);
    }
    case "clients":
      return (await connectedClients(client, brokers))
        .map(
          ({ clientId, address, language, version, role, groups }): TopRow => ({
            ...nothing,
            ...{ time, kind: "client", name: clientId },
            ...{ address, language, version, role, groups },
          }),
        )
        .sort(byName);
  }
}

async function withMembers(
  { admin }: Client,
  brokers: readonly BrokerAddress[],
  rows: readonly TopRow[],
): Promise<readonly TopRow[]> {
  const asked = await inParallel(rows.slice(0, groupsAsked), async (row) => {
    try {
      const { answers } = await gather(brokers, ({ address }) =>
        admin.groups.members(address, row.name),
      );
      const ids = answers.flatMap(
        ({ value }) => value?.members.map(({ clientId }) => clientId) ?? [],
      );
      return { ...row, members: new Set(ids).size };
    } catch (error) {
      if (error instanceof ClientError) {
        return row;
      }
      throw error;
    }
  });
  return [...asked, ...rows.slice(groupsAsked)];
}

function byName(left: TopRow, right: TopRow): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

function byRate(left: TopRow, right: TopRow): number {
  return (right.inPerSecond ?? 0) - (left.inPerSecond ?? 0) || byLag(left, right);
}

function byLag(left: TopRow, right: TopRow): number {
  return (
    (right.lag ?? 0) - (left.lag ?? 0) ||
    (right.inPerSecond ?? 0) - (left.inPerSecond ?? 0) ||
    byName(left, right)
  );
}

function showRate(value: unknown): string {
  return typeof value === "number" ? rateText(value) : "-";
}

/** `1,204.5`, without the decimal where nobody needs it. */
export function rateText(value: number): string {
  const shown = value >= 100 ? value.toFixed(0) : value.toFixed(1);
  const [whole = "0", part] = shown.split(".");
  return `${formatCount(Number(whole))}${part === undefined ? "" : `.${part}`}`;
}

function showShare(value: unknown): string {
  return typeof value === "number" ? `${(value * 100).toFixed(1)} %` : "-";
}
