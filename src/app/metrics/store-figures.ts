/** The store: how large, how full, how safe. */
import type { Figure } from "./figure.ts";
import { ofBroker } from "./figure-sources.ts";
import type { Snapshot } from "./snapshot.ts";

export const storeFigures: readonly Figure<Snapshot>[] = [
  ofBroker({
    name: "mq.store.writable",
    kind: "gauge",
    unit: "1",
    about: "1 while sends are taken, 0 while the disk is full or has failed.",
    read: ({ stats }) => (stats.health.isWritable ? 1 : 0),
  }),
  ofBroker({
    name: "mq.store.log.bytes",
    kind: "gauge",
    unit: "By",
    about: "Records in the commit log.",
    read: ({ stats }) => stats.store.logMaxOffset - stats.store.logMinOffset,
  }),
  ofBroker({
    name: "mq.store.segments",
    kind: "gauge",
    unit: "{segment}",
    about: "Segments of the commit log.",
    read: ({ stats }) => stats.store.segmentCount,
  }),
  ofBroker({
    name: "mq.store.appended",
    kind: "counter",
    unit: "{record}",
    about: "Records appended, those of the broker's own tables included.",
    read: ({ stats }) => stats.store.appendedCount,
  }),
  ofBroker({
    name: "mq.store.appended.bytes",
    kind: "counter",
    unit: "By",
    about: "Records appended.",
    read: ({ stats }) => stats.store.appendedBytes,
  }),
  ofBroker({
    name: "mq.store.syncs",
    kind: "counter",
    unit: "{sync}",
    about: "Syncs of the commit log; one covers all that waits.",
    read: ({ stats }) => stats.store.syncCount,
  }),
  ofBroker({
    name: "mq.store.disk.used",
    kind: "gauge",
    unit: "1",
    about: "Share of the store's file system that is used, by whomever.",
    read: ({ stats }) => stats.store.diskUsedRatio,
  }),
  ofBroker({
    name: "mq.store.checkpoint.age.seconds",
    kind: "gauge",
    unit: "s",
    about: "Since when a start after a crash would have to read the log again.",
    read: ({ stats }) => stats.store.checkpointAgeMs / 1_000,
  }),
  ofBroker({
    name: "mq.store.oldest.age.seconds",
    kind: "gauge",
    unit: "s",
    about: "Age of the oldest record; absent while there is none.",
    comesAndGoes: true,
    read: ({ stats: { store: facts }, nowMs }) =>
      facts.earliestStoreTimestampMs > 0
        ? Math.max(0, nowMs - facts.earliestStoreTimestampMs) / 1_000
        : undefined,
  }),
  ofBroker({
    name: "mq.store.damaged",
    kind: "gauge",
    unit: "{record}",
    about: "Damaged records that were met; mq segment verify tells where.",
    read: ({ stats }) => stats.store.damagedRecordCount,
  }),
  ofBroker({
    name: "mq.nameservers.registered",
    kind: "gauge",
    unit: "{nameserver}",
    about: "Nameservers that know this broker.",
    read: ({ stats }) => stats.registeredNameservers,
  }),
];

/** The one figure that is no single number: its buckets come ready made. */
export const syncDuration = {
  name: "mq.store.sync.duration.seconds",
  unit: "s",
  about: "How long syncs of the commit log took.",
} as const;
