/** Messages in and out, and what clients ask for. */
import { by, type Figure } from "./figure.ts";
import { ofBroker } from "./figure-sources.ts";
import type { Snapshot } from "./snapshot.ts";

export const trafficFigures: readonly Figure<Snapshot>[] = [
  ofBroker({
    name: "mq.messages.in",
    kind: "counter",
    unit: "{message}",
    about: "Messages stored for producers.",
    read: ({ stats }) => stats.counters.messagesIn,
  }),
  ofBroker({
    name: "mq.messages.out",
    kind: "counter",
    unit: "{message}",
    about: "Messages handed to consumers; one that is read twice counts twice.",
    read: ({ stats }) => stats.counters.messagesOut,
  }),
  ofBroker({
    name: "mq.messages.in.bytes",
    kind: "counter",
    unit: "By",
    about: "Bodies of messages stored for producers.",
    read: ({ stats }) => stats.counters.bytesIn,
  }),
  ofBroker({
    name: "mq.messages.out.bytes",
    kind: "counter",
    unit: "By",
    about: "Records handed to consumers.",
    read: ({ stats }) => stats.counters.bytesOut,
  }),
  ofBroker({
    name: "mq.sends",
    kind: "counter",
    unit: "{request}",
    about: "Requests to send, one for each batch, by outcome.",
    read: ({ stats: { counters } }) =>
      by("outcome", {
        accepted: counters.sendsAccepted,
        refused: counters.sendRequests - counters.sendsAccepted,
      }),
  }),
  ofBroker({
    name: "mq.pulls",
    kind: "counter",
    unit: "{request}",
    about: "Requests to pull that were answered, by outcome.",
    read: ({ stats: { counters } }) =>
      by("outcome", { found: counters.pullsFound, empty: counters.pullsMissed }),
  }),
  ofBroker({
    name: "mq.pulls.waited",
    kind: "counter",
    unit: "{request}",
    about: "Requests to pull that found nothing at first and were held.",
    read: ({ stats }) => stats.counters.pullsHeld,
  }),
  ofBroker({
    name: "mq.pulls.held",
    kind: "gauge",
    unit: "{request}",
    about: "Requests to pull that are held now.",
    read: ({ stats }) => stats.heldPulls,
  }),
  ofBroker({
    name: "mq.offset.commits",
    kind: "counter",
    unit: "{commit}",
    about: "Offsets committed by consumers.",
    read: ({ stats }) => stats.counters.offsetCommits,
  }),
  ofBroker({
    name: "mq.heartbeats",
    kind: "counter",
    unit: "{heartbeat}",
    about: "Heartbeats of clients.",
    read: ({ stats }) => stats.counters.heartbeats,
  }),
];
