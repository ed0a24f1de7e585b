/**
 * Tag expressions: `a || b`, or `*` for all (remoting 8.10). A filter looks at the hash in the queue's entry and
 * nothing else; two tags of one hash are told apart by the client.
 */
import { MqError } from "../../core/error.ts";
import { javaHash } from "../../core/java-hash.ts";
import { limits } from "../../core/limits.ts";
import type { TagFilter } from "../../store/message-store.ts";

export interface TagExpression {
  readonly tags: readonly string[];
  readonly hashes: readonly number[];
  /** Undefined takes all. */
  readonly filter: TagFilter | undefined;
}

const all: TagExpression = { tags: [], hashes: [], filter: undefined };

/** Reads an expression. Throws MqError `subscription_invalid`. */
export function parseTagExpression(expression: string): TagExpression {
  const text = expression.trim();
  if (text === "" || text === "*") {
    return all;
  }
  const tags = text
    .split("||")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
  if (tags.length === 0 || tags.length > limits.tagsMax) {
    throw new MqError(
      "subscription_invalid",
      `an expression names 1 to ${limits.tagsMax} tags, not ${tags.length}`,
    );
  }
  const hashes = tags.map((tag) => javaHash(tag));
  return { tags, hashes, filter: filterOf(hashes) };
}

function filterOf(hashes: readonly number[]): TagFilter {
  const [first, second] = hashes;
  if (hashes.length === 1) {
    return (hash) => hash === first;
  }
  if (hashes.length === 2) {
    return (hash) => hash === first || hash === second;
  }
  const wanted = new Set(hashes);
  return (hash) => wanted.has(hash);
}

/** Compiled expressions of requests that bring their own, the same few again and again. */
export class FilterCache {
  readonly #byExpression = new Map<string, TagExpression>();

  /** Throws MqError `subscription_invalid`. */
  get(expression: string): TagExpression {
    let known = this.#byExpression.get(expression);
    if (known === undefined) {
      known = parseTagExpression(expression);
      if (this.#byExpression.size >= limits.filtersKeptMax) {
        this.#byExpression.clear();
      }
      this.#byExpression.set(expression, known);
    }
    return known;
  }
}
