/**
 * `-F FORMAT`: %t topic %g tag %k keys %v body %V body length %q queue %b broker %o offset %c commit offset %d store time
 * %D born time %i unique key %I message id %r reconsume times %p{NAME} property %% percent, and \n \t \\. In braces:
 * %v{hex} %v{base64}, %d{%H:%M:%S} or %d{strftime[%H:%M:%S]}.
 */
import type { ReceivedMessage } from "../../../src/client/index.ts";
import { formatTimeAs, localZone, utcZone } from "../time-text.ts";
import { bodyText, type MessageItem } from "./message-item.ts";

export interface FormattedMessage {
  readonly message: ReceivedMessage;
  readonly item: MessageItem;
}

type Verb = (from: FormattedMessage, detail: string | undefined, isUtc: boolean) => string;

const verbs: Readonly<Record<string, Verb>> = {
  t: ({ item }) => item.topic,
  g: ({ item }) => item.tag ?? "",
  k: ({ item }) => item.keys.join(" "),
  v: ({ item, message }, detail) =>
    detail === "hex" || detail === "base64" ? message.body.toString(detail) : bodyText(item),
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

/** Fills the format with a message. Unknown verbs stay as they are. */
export function formatMessage(format: string, from: FormattedMessage, isUtc: boolean): string {
  return format.replace(
    /%(.)(?:\{((?:[^{}[\]]|\[[^\]]*\])*)\})?|\\([nt\\])/g,
    (whole, verb: string | undefined, detail: string | undefined, escaped: string | undefined) => {
      if (escaped !== undefined) {
        return escapes[escaped] ?? whole;
      }
      return verbs[verb ?? ""]?.(from, detail, isUtc) ?? whole;
    },
  );
}

function timeAs(timeMs: number, detail: string, isUtc: boolean): string {
  const pattern = /^strftime\[(.*)\]$/.exec(detail)?.[1] ?? detail;
  return formatTimeAs(timeMs, pattern, isUtc ? utcZone : localZone());
}
