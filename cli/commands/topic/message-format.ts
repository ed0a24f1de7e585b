/**
 * `-F FORMAT`: %t topic %g tag %k keys %v body %V body length %q queue %b broker %o offset %c commit offset
 * %d store time %D born time %i unique key %I message id %r reconsume times %p{NAME} property %% percent \n \t.
 */
import { bodyText, type MessageItem } from "./message-item.ts";

const verbs: Readonly<Record<string, (item: MessageItem) => string>> = {
  t: (item) => item.topic,
  g: (item) => item.tag ?? "",
  k: (item) => item.keys.join(" "),
  v: (item) => bodyText(item),
  V: (item) => String(Buffer.byteLength(bodyText(item))),
  q: (item) => String(item.queue),
  b: (item) => item.broker,
  o: (item) => String(item.offset),
  c: (item) => String(item.commitOffset),
  d: (item) => item.storeTime,
  D: (item) => item.bornTime,
  i: (item) => item.uniqueKey ?? "",
  I: (item) => item.messageId,
  r: (item) => String(item.reconsumeTimes),
};

/** Fills the format with an item. Unknown verbs stay as they are. */
export function formatMessage(format: string, item: MessageItem): string {
  return format.replace(
    /%p\{([^}]*)\}|%(.)|\\([nt\\])/g,
    (whole, property: string | undefined, verb: string | undefined, escape: string | undefined) => {
      if (property !== undefined) {
        return item.properties[property] ?? "";
      }
      if (escape !== undefined) {
        return escape === "n" ? "\n" : escape === "t" ? "\t" : "\\";
      }
      return verb === "%" ? "%" : (verbs[verb ?? ""]?.(item) ?? whole);
    },
  );
}
