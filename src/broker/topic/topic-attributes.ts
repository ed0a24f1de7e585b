/** Changes of a topic's attributes, as requests write them: `+name=value` sets, `-name` removes, commas between. */
import { MqError } from "../../core/error.ts";

const attributesMax = 64;

/** The attributes after the changes. Throws MqError `bad_request` for text that is no change. */
export function changeAttributes(
  current: ReadonlyMap<string, string>,
  changes: string,
): ReadonlyMap<string, string> {
  const attributes = new Map(current);
  for (const part of changes.split(",")) {
    const change = part.trim();
    const equals = change.indexOf("=");
    if (change.startsWith("+") && equals > 1) {
      attributes.set(change.slice(1, equals), change.slice(equals + 1));
    } else if (change.startsWith("-") && change.length > 1) {
      attributes.delete(change.slice(1));
    } else if (change !== "") {
      throw new MqError("bad_request", `'${change}' changes no attribute`);
    }
  }
  if (attributes.size > attributesMax) {
    throw new MqError("bad_request", `a topic has at most ${attributesMax} attributes`);
  }
  return attributes;
}
