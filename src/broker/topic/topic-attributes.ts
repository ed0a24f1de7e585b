/**
 * Changes of attributes, as requests write them: `+name=value` sets, `-name` removes, commas between; in JSON the
 * sign stands before the name. A topic's attributes are a closed list, RocketMQ's: some are only kept for those that
 * read them, and those that would change how messages are stored are refused until they do.
 */
import { MqError } from "../../core/error.ts";

const attributesMax = 64;

/** What a value of each attribute of a topic must look like. */
const topicAttributes: ReadonlyMap<string, (value: string) => string | undefined> = new Map([
  ["message.type", checkMessageType],
  ["queue.type", onlyValue("SimpleCQ")],
  ["cleanup.policy", onlyValue("DELETE")],
  ["reserve.time", (value: string) => (/^-?\d{1,15}$/.test(value) ? undefined : "is no number")],
]);

const messageTypes: ReadonlySet<string> = new Set([
  "UNSPECIFIED",
  "NORMAL",
  "FIFO",
  "DELAY",
  "TRANSACTION",
  "PRIORITY",
  "LITE",
]);

/** A topic's attributes after the changes. Throws MqError `bad_request`, `parameter_invalid` for a mixed topic. */
export function changeTopicAttributes(
  current: ReadonlyMap<string, string> | undefined,
  changes: string,
): ReadonlyMap<string, string> {
  const wanted = new Map<string, string>();
  for (const part of changes.split(",")) {
    const change = part.trim();
    const equals = change.indexOf("=");
    if (change !== "") {
      const name = equals < 0 ? change : change.slice(0, equals);
      wanted.set(name, equals < 0 ? "" : change.slice(equals + 1));
    }
  }
  for (const [change, value] of wanted) {
    const name = change.slice(1);
    const check = topicAttributes.get(name);
    if (check === undefined) {
      throw new MqError("bad_request", `unsupported key: ${name}`);
    }
    const problem = change.startsWith("-") ? undefined : check(value);
    if (problem !== undefined) {
      throw new MqError("bad_request", `the attribute ${name}: '${value}' ${problem}`);
    }
    if (current === undefined && change.startsWith("-")) {
      throw new MqError("bad_request", "only add attribute is supported while creating topic");
    }
  }
  return changedAttributes(current ?? new Map(), wanted);
}

/** Attributes after changes whose names begin with their sign. Throws MqError `bad_request`. */
export function changedAttributes(
  current: ReadonlyMap<string, string>,
  changes: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const attributes = new Map(current);
  for (const [change, value] of changes) {
    const name = change.slice(1);
    if (name === "" || !/^[+-]/.test(change) || (change.startsWith("+") && value === "")) {
      throw new MqError("bad_request", `'${change}' changes no attribute`);
    }
    if (change.startsWith("+")) {
      attributes.set(name, value);
    } else {
      attributes.delete(name);
    }
  }
  if (attributes.size > attributesMax) {
    throw new MqError("bad_request", `at most ${attributesMax} attributes`);
  }
  return attributes;
}

function checkMessageType(value: string): string | undefined {
  if (value === "MIXED") {
    throw new MqError("parameter_invalid", "MIXED message type is not supported.");
  }
  return messageTypes.has(value) ? undefined : `is none of ${[...messageTypes].join(", ")}`;
}

function onlyValue(only: string): (value: string) => string | undefined {
  return (value) => (value === only ? undefined : `is not supported, only ${only}`);
}
