/** `--key-from PATH`: the key of a message, taken from its JSON body. */
import type { Message } from "../../../src/client/index.ts";
import { usageError } from "../../command-error.ts";

/** Adds the key that stands at the path, `$.order.id` or `order.id`; without a path nothing is changed. */
export function keyAdder(path: string | undefined): (message: Message) => Message {
  if (path === undefined) {
    return (message) => message;
  }
  const names = path.replace(/^\$\.?/, "").split(".");
  if (names.some((name) => !/^[^\s[\]*]+$/.test(name))) {
    throw usageError(`--key-from '${path}' is no path: $.id, $.order.id, items.0.sku`);
  }
  return (message) => {
    const key = keyAt(message.body, names, path);
    return { ...message, keys: [...(message.keys ?? []), key] };
  };
}

function keyAt(body: Message["body"], names: readonly string[], path: string): string {
  const text = body.toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw usageError(`--key-from: the body is no JSON: ${shortened(text)}`);
  }
  for (const name of names) {
    const isInside = typeof value === "object" && value !== null && Object.hasOwn(value, name);
    value = isInside ? (value as Record<string, unknown>)[name] : undefined;
  }
  // Keys are parted by spaces: one with a space in it would be found as two.
  const key = typeof value === "string" || typeof value === "number" ? String(value) : "";
  if (key === "" || /\s/.test(key)) {
    throw usageError(`--key-from: no key stands at ${path} of ${shortened(text)}`);
  }
  return key;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
