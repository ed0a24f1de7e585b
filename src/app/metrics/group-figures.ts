/** How far groups are behind, and what topics hold. */
import type { Figure } from "./figure.ts";
import { ofBroker } from "./figure-sources.ts";
import type { Snapshot } from "./snapshot.ts";

export const groupFigures: readonly Figure<Snapshot>[] = [
  ofBroker({
    name: "mq.group.lag",
    kind: "gauge",
    unit: "{message}",
    about: "Messages that a group has not consumed of a topic.",
    comesAndGoes: true,
    read: ({ survey }) =>
      survey.groups.map(({ group, topic, messages }) => ({
        value: messages,
        attributes: { group, topic },
      })),
  }),
  ofBroker({
    name: "mq.group.lag.seconds",
    kind: "gauge",
    unit: "s",
    about: "Age of the oldest message that a group has not consumed of a topic, 0 without one.",
    comesAndGoes: true,
    read: ({ survey }) =>
      survey.groups.flatMap(({ group, topic, ageMs }) =>
        ageMs === undefined ? [] : [{ value: ageMs / 1_000, attributes: { group, topic } }],
      ),
  }),
  ofBroker({
    name: "mq.group.offset",
    kind: "gauge",
    unit: "{message}",
    about: "Offsets that a group committed, all queues of a topic together; a reset moves it back.",
    comesAndGoes: true,
    read: ({ survey }) =>
      survey.groups.map(({ group, topic, offset }) => ({
        value: offset,
        attributes: { group, topic },
      })),
  }),
  ofBroker({
    name: "mq.topic.messages",
    kind: "counter",
    unit: "{message}",
    about: "Messages that a topic ever had: the next offsets of all its queues together.",
    comesAndGoes: true,
    read: ({ survey }) =>
      survey.topics.map(({ topic, written }) => ({ value: written, attributes: { topic } })),
  }),
  ofBroker({
    name: "mq.topic.stored",
    kind: "gauge",
    unit: "{message}",
    about: "Messages that a topic has. Dead letters of a group lie in %DLQ%group.",
    comesAndGoes: true,
    read: ({ survey }) =>
      survey.topics.map(({ topic, stored }) => ({ value: stored, attributes: { topic } })),
  }),
  ofBroker({
    name: "mq.series.dropped",
    kind: "gauge",
    unit: "{series}",
    about: "Groups and topics left out above, because there are more than are told.",
    read: ({ survey }) =>
      survey.droppedCount + survey.groups.filter(({ ageMs }) => ageMs === undefined).length,
  }),
  ofBroker({
    name: "mq.topics",
    kind: "gauge",
    unit: "{topic}",
    about: "Topics that there are, the broker's own included.",
    read: ({ stats }) => stats.topics,
  }),
  ofBroker({
    name: "mq.groups",
    kind: "gauge",
    unit: "{group}",
    about: "Consumer groups that there are, those of tools included.",
    read: ({ stats }) => stats.groups,
  }),
  ofBroker({
    name: "mq.members",
    kind: "gauge",
    unit: "{member}",
    about: "Members of consumer groups that are on line.",
    read: ({ stats }) => stats.members,
  }),
];
