/** A group's retry policy from the JSON that the official tool takes: how long failed messages rest. */
import type { GroupConfig } from "../../src/client/index.ts";
import { usageError } from "../command-error.ts";

const defaults = { initial: 5_000, max: 7_200_000, multiplier: 2 };

/** Throws CommandError. */
export function retryPolicyOf(text: string): GroupConfig["retryPolicy"] {
  const policy = objectOf(parsed(text));
  const { type = "CUSTOMIZED", customizedRetryPolicy, exponentialRetryPolicy } = policy;
  if (type !== "CUSTOMIZED" && type !== "EXPONENTIAL") {
    throw usageError(`retry policy: type '${String(type)}' is neither CUSTOMIZED nor EXPONENTIAL`);
  }
  return {
    type,
    ...(customizedRetryPolicy === undefined
      ? {}
      : { delaysMs: delaysOf(objectOf(customizedRetryPolicy)["next"]) }),
    ...(exponentialRetryPolicy === undefined
      ? {}
      : { exponential: exponentialOf(objectOf(exponentialRetryPolicy)) }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usageError(`retry policy: '${text}' is no JSON`);
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw usageError(`retry policy: ${JSON.stringify(value)} is no object`);
  }
  return Object.fromEntries(Object.entries(value));
}

function delaysOf(value: unknown): readonly number[] {
  if (!Array.isArray(value)) {
    throw usageError("retry policy: next is no list of milliseconds");
  }
  return value.map((delay) => numberOf("a delay", delay));
}

function exponentialOf(
  object: Readonly<Record<string, unknown>>,
): NonNullable<GroupConfig["retryPolicy"]["exponential"]> {
  return {
    initialMs: numberOf("initial", object["initial"] ?? defaults.initial),
    maxMs: numberOf("max", object["max"] ?? defaults.max),
    multiplier: numberOf("multiplier", object["multiplier"] ?? defaults.multiplier),
  };
}

function numberOf(name: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw usageError(`retry policy: ${name} is no whole number of milliseconds`);
  }
  return value;
}
