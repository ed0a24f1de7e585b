/**
 * `--where EXPRESSION`: which messages are meant, decided here and not by the broker. SQL's words, with paths into a JSON
 * body: `body.amount > 100 and region = 'eu'`, `tag in ('A', 'B')`, `key =~ '^ord-'`, `body.items[0].id is not null`.
 *
 * Names: body, tag, key (any of the message's), topic, broker, queue, offset, size (bytes of the body), reconsumeTimes,
 * uniqueKey, messageId, storeTime, bornTime (milliseconds; a text they are compared with is a time), prop.NAME; any other
 * name is a property of that name. What is missing is null, and compares with nothing but null.
 *
 * Precedence as in SQL: not, comparisons, and, or (Pratt 1973, "Top down operator precedence").
 */
import type { ReceivedMessage } from "../../../src/client/index.ts";
import { usageError } from "../../command-error.ts";
import { parseTime } from "../../render/time.ts";
import { type Word, wordsOf } from "./where-words.ts";

export type MessageTest = (message: ReceivedMessage) => boolean;

type Value = unknown;
/** A value of a message. `isTime`: in milliseconds, and compared with what reads as a time. */
interface Term {
  readonly of: (subject: Subject) => readonly Value[];
  readonly isTime?: boolean;
}

/** A message, and its body as JSON once somebody asked. */
interface Subject {
  readonly message: ReceivedMessage;
  body: { readonly value: Value } | undefined;
}

type Check = (subject: Subject) => boolean;

const depthMax = 64;

/** Reads the expression. Throws CommandError that says what is wrong with it. */
export function parseWhere(source: string, nowMs: number): MessageTest {
  const parser = new Parser(source, wordsOf(source), nowMs);
  const check = parser.whole();
  return (message) => check({ message, body: undefined });
}

class Parser {
  readonly #source: string;
  readonly #words: readonly Word[];
  readonly #nowMs: number;
  #at = 0;
  #depth = 0;

  constructor(source: string, words: readonly Word[], nowMs: number) {
    this.#source = source;
    this.#words = words;
    this.#nowMs = nowMs;
  }

  whole(): Check {
    const check = this.#either();
    if (this.#at < this.#words.length) {
      throw this.#wrong("and, or, or its end");
    }
    return check;
  }

  #either(): Check {
    let left = this.#both();
    while (this.#take("or", "||")) {
      const [first, second] = [left, this.#both()];
      left = (subject) => first(subject) || second(subject);
    }
    return left;
  }

  #both(): Check {
    let left = this.#negated();
    while (this.#take("and", "&&")) {
      const [first, second] = [left, this.#negated()];
      left = (subject) => first(subject) && second(subject);
    }
    return left;
  }

  #negated(): Check {
    if (this.#depth++ > depthMax) {
      throw usageError(`--where: more than ${depthMax} levels`);
    }
    try {
      if (this.#take("not", "!")) {
        const check = this.#negated();
        return (subject) => !check(subject);
      }
      if (this.#take("(")) {
        const check = this.#either();
        this.#expect(")");
        return check;
      }
      return this.#comparison();
    } finally {
      this.#depth--;
    }
  }

  #comparison(): Check {
    const left = this.#term();
    if (this.#take("is")) {
      const isNegated = this.#take("not");
      this.#expect("null");
      return (subject) => left.of(subject).every((value) => value == null) !== isNegated;
    }
    const isNegated = this.#take("not");
    if (this.#take("in")) {
      const list = this.#list(left.isTime === true);
      return (subject) => some(left, list, subject, isSame) !== isNegated;
    }
    if (isNegated) {
      throw this.#wrong("in");
    }
    for (const [sign, compare] of comparisons) {
      if (this.#take(sign)) {
        return this.#compared(left, compare);
      }
    }
    for (const sign of ["=~", "!~"]) {
      if (this.#take(sign)) {
        const pattern = this.#pattern();
        const isWanted = sign === "=~";
        return (subject) =>
          left.of(subject).some((value) => value != null && pattern.test(textOf(value))) ===
          isWanted;
      }
    }
    // A value alone: `body.paid`.
    return (subject) => left.of(subject).some((value) => value === true || value === "true");
  }

  #compared(left: Term, compare: Comparison): Check {
    const right = this.#term(left.isTime === true);
    const turned = left.isTime !== true && right.isTime === true ? this.#asTime(left) : left;
    return compare.isNegated
      ? (subject) => !some(turned, [right], subject, isSame)
      : (subject) => some(turned, [right], subject, compare.holds);
  }

  #list(areTimes: boolean): readonly Term[] {
    this.#expect("(");
    const terms = [this.#term(areTimes)];
    while (this.#take(",")) {
      terms.push(this.#term(areTimes));
    }
    this.#expect(")");
    return terms;
  }

  #pattern(): RegExp {
    const word = this.#words[this.#at++];
    if (word?.kind !== "text") {
      this.#at--;
      throw this.#wrong("a regular expression in quotes");
    }
    try {
      return new RegExp(word.value, "u");
    } catch (error) {
      throw usageError(`--where: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #term(isTime = false): Term {
    const word = this.#words[this.#at++];
    if (word?.kind === "number") {
      return constant(word.value);
    }
    if (word?.kind === "text") {
      return isTime ? this.#asTime(constant(word.value)) : constant(word.value);
    }
    if (word?.kind === "path" && !isReserved(word)) {
      return pathTerm(word.value);
    }
    this.#at--;
    throw this.#wrong("a name, a number or a text in quotes");
  }

  #asTime(term: Term): Term {
    const { value } = term as { readonly value?: Value };
    if (typeof value !== "string") {
      return term;
    }
    const timeMs = parseTime(value, this.#nowMs);
    if (timeMs === undefined) {
      throw usageError(`--where: '${value}' is no time: -15m, 2026-11-22T10:00:00Z`);
    }
    return constant(timeMs);
  }

  #take(...choices: readonly string[]): boolean {
    const word = this.#words[this.#at];
    const isIt =
      word !== undefined &&
      (word.kind === "sign" || isReserved(word)) &&
      choices.includes(String(word.kind === "path" ? word.value[0] : word.value).toLowerCase());
    this.#at += isIt ? 1 : 0;
    return isIt;
  }

  #expect(choice: string): void {
    if (!this.#take(choice)) {
      throw this.#wrong(choice);
    }
  }

  #wrong(wanted: string): Error {
    const word = this.#words[this.#at];
    const found =
      word === undefined
        ? "it ends"
        : `'${word.kind === "path" ? word.value.join(".") : word.value}' stands`;
    return usageError(
      `--where: ${found} where ${wanted} is wanted, in ${this.#source}`,
      "for instance: --where \"body.amount > 100 and region = 'eu'\"",
    );
  }
}

interface Comparison {
  readonly holds: (left: Value, right: Value) => boolean;
  readonly isNegated?: true;
}

const comparisons: readonly (readonly [string, Comparison])[] = [
  ["=", { holds: isSame }],
  ["==", { holds: isSame }],
  ["!=", { holds: isSame, isNegated: true }],
  ["<>", { holds: isSame, isNegated: true }],
  ["<=", { holds: (left, right) => order(left, right) <= 0 }],
  [">=", { holds: (left, right) => order(left, right) >= 0 }],
  ["<", { holds: (left, right) => order(left, right) < 0 }],
  [">", { holds: (left, right) => order(left, right) > 0 }],
];

const reserved: ReadonlySet<string> = new Set(["and", "or", "not", "in", "is", "null"]);

function isReserved(word: Word): boolean {
  return (
    word.kind === "path" &&
    word.value.length === 1 &&
    reserved.has(String(word.value[0]).toLowerCase())
  );
}

function constant(value: Value): Term & { readonly value: Value } {
  const values = [value];
  return { value, of: () => values };
}

const fields: Readonly<Record<string, (message: ReceivedMessage) => readonly Value[]>> = {
  topic: ({ topic }) => [topic],
  broker: ({ brokerName }) => [brokerName],
  queue: ({ queueId }) => [queueId],
  offset: ({ queueOffset }) => [queueOffset],
  size: ({ body }) => [body.length],
  tag: ({ tag }) => [tag],
  key: ({ keys, uniqueKey }) => [...keys, uniqueKey],
  keys: ({ keys }) => keys,
  uniqueKey: ({ uniqueKey }) => [uniqueKey],
  messageId: ({ offsetMessageId }) => [offsetMessageId],
  reconsumeTimes: ({ reconsumeTimes }) => [reconsumeTimes],
  true: () => [true],
  false: () => [false],
};

function pathTerm([first, ...rest]: readonly (string | number)[]): Term {
  const name = String(first);
  if (name === "body") {
    return {
      of: (subject) => [rest.length === 0 ? bodyOf(subject) : inside(bodyOf(subject), rest)],
    };
  }
  if (name === "storeTime" || name === "bornTime") {
    const isStore = name === "storeTime";
    const of = ({ message }: Subject) => [
      isStore ? message.storeTimestampMs : message.bornTimestampMs,
    ];
    return { of, isTime: true };
  }
  const field = rest.length === 0 ? fields[name] : undefined;
  if (field !== undefined) {
    return { of: ({ message }) => field(message) };
  }
  const isNamed = (name === "prop" || name === "properties") && rest.length > 0;
  const property = (isNamed ? rest : [first, ...rest]).join(".");
  return { of: ({ message }) => [message.properties.get(property)] };
}

/** The body as JSON; as text when it is none. */
function bodyOf(subject: Subject): Value {
  if (subject.body === undefined) {
    const text = subject.message.body.toString("utf8");
    let value: Value = text;
    try {
      value = JSON.parse(text);
    } catch {
      // A text then.
    }
    subject.body = { value };
  }
  return subject.body.value;
}

function inside(value: Value, path: readonly (string | number)[]): Value {
  return path.reduce<Value>(
    (at, name) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, name)
        ? (at as Record<string | number, Value>)[name]
        : undefined,
    value,
  );
}

function some(
  left: Term,
  rights: readonly Term[],
  subject: Subject,
  holds: (left: Value, right: Value) => boolean,
): boolean {
  return left
    .of(subject)
    .some((value) => rights.some((right) => right.of(subject).some((each) => holds(value, each))));
}

/** Equal, as numbers where one is a number and the other reads as one: properties are texts. */
function isSame(left: Value, right: Value): boolean {
  if (left == null || right == null) {
    return false;
  }
  if (typeof left === typeof right) {
    return typeof left === "object" ? textOf(left) === textOf(right) : left === right;
  }
  if (typeof left === "boolean" || typeof right === "boolean") {
    return textOf(left) === textOf(right);
  }
  return order(left, right) === 0;
}

/** Below, equal, above 0; NaN for what has no order. */
function order(left: Value, right: Value): number {
  if (typeof left === "string" && typeof right === "string") {
    return left < right ? -1 : Number(left > right);
  }
  return numberOf(left) - numberOf(right);
}

function numberOf(value: Value): number {
  if (typeof value === "number") {
    return value;
  }
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}

function textOf(value: Value): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
