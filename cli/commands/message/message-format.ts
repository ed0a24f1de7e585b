/**
 * `-F FORMAT`: %t topic %g tag %k keys %v body %V body length %q queue %b broker %o offset %c commit offset %d store time
 * %D born time %i unique key %I message id %r reconsume times %p{NAME} property %h all properties %n counter %% percent,
 * and \n \t \\. In braces: %d{%H:%M:%S} or %d{strftime[%H:%M:%S]}; %h{%k=%v } the form of each property; behind any other
 * {hex}, {base64} or {json} (a JSON text in its quotes).
 */
import type { ReceivedMessage } from "../../../src/client/index.ts";
import { formatTimeAs, localZone, utcZone } from "../time-text.ts";
import { bodyText, type MessageItem } from "./message-item.ts";

export interface FormattedMessage {
  readonly message: ReceivedMessage;
  readonly item: MessageItem;
  /** How many were printed, with this one. */
  readonly counter: number;
}

type Verb = (from: FormattedMessage, detail: string | undefined, isUtc: boolean) => string;

const verbs: Readonly<Record<string, Verb>> = {
  t: ({ item }) => item.topic,
  g: ({ item }) => item.tag ?? "",
  k: ({ item }) => item.keys.join(" "),
  v: ({ item, message }, detail) =>
    detail === "hex" || detail === "base64" ? message.body.toString(detail) : bodyText(item),
  h: ({ item }, detail = "%k=%v ") =>
    Object.entries(item.properties)
      .map(([name, value]) => filled(detail, (letter) => ({ k: name, v: value, "%": "%" })[letter]))
      .join(""),
  n: ({ counter }) => String(counter),
  V: ({ message }) => String(message.body.length),
  q: ({ item }) => String(item.queue),
  b: ({ item }) => item.broker,
  o: ({ item }) => String(item.offset),
  c: ({ item }) => String(item.commitOffset),
  d: ({ item, message }, detail, isUtc) =>
    detail === undefined ? item.storeTime : timeAs(message.storeTimestampMs, detail, isUtc),
  D: ({ item, message }, detail, isUtc) =>
    detail === undefined ? item.bornTime : timeAs(message.bornTimestampMs, detail, isUtc),
  i: ({ item }) => item.uniqueKey ?? "",
  I: ({ item }) => item.messageId,
  p: ({ message }, detail) => message.properties.get(detail ?? "") ?? "",
  r: ({ item }) => String(item.reconsumeTimes),
  "%": () => "%",
};

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", "\\": "\\" };

/** Verbs that read their braces themselves. */
const ownBraces = "dDph";

/** Fills the format with a message. Unknown verbs stay as they are. */
export function formatMessage(format: string, from: FormattedMessage, isUtc: boolean): string {
  return filled(format, (letter, detail) => {
    const text = verbs[letter]?.(from, detail, isUtc);
    return text === undefined || detail === undefined || ownBraces.includes(letter)
      ? text
      : written(text, letter, detail);
  });
}

function filled(
  format: string,
  textOf: (letter: string, detail: string | undefined) => string | undefined,
): string {
  return format.replace(
    /%(.)(?:\{((?:[^{}[\]]|\[[^\]]*\])*)\})?|\\([nt\\])/g,
    (whole, letter: string | undefined, detail: string | undefined, escaped: string | undefined) =>
      (escaped === undefined ? textOf(letter ?? "", detail) : escapes[escaped]) ?? whole,
  );
}

/** In the form that stands in braces; of a body the first two are made of its bytes already. */
function written(text: string, letter: string, form: string): string | undefined {
  switch (form) {
    case "json":
      return JSON.stringify(text);
    case "hex":
    case "base64":
      return letter === "v" ? text : Buffer.from(text, "utf8").toString(form);
    default:
      return undefined;
  }
}

function timeAs(timeMs: number, detail: string, isUtc: boolean): string {
  const pattern = /^strftime\[(.*)\]$/.exec(detail)?.[1] ?? detail;
  return formatTimeAs(timeMs, pattern, isUtc ? utcZone : localZone());
}
