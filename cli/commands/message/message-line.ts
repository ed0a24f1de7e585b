/** Messages from lines of JSON, as `tail -o jsonl` prints them. */
import type { Message } from "../../../src/client/index.ts";
import { usageError } from "../../command-error.ts";
import type { Zod } from "../../flag.ts";
import { itemBody } from "./message-item.ts";

const lineSchema = (zod: Zod) =>
  zod.object({
    uniqueKey: zod.string().nullish(),
    tag: zod.string().nullish(),
    keys: zod.array(zod.string()).optional(),
    properties: zod.record(zod.string(), zod.string()).optional(),
    flag: zod.int32().optional(),
    encoding: zod.enum(["json", "utf8", "hex", "base64"]).default("utf8"),
    decoded: zod.string().optional(),
    truncated: zod.boolean().optional(),
    compressed: zod.boolean().optional(),
    compression: zod.enum(["zlib", "zstd", "lz4"]).optional(),
    body: zod.unknown(),
  });

/**
 * What a broker made of a message once, and would do to it again: a part of a transaction, a timer, a delivery. The message
 * that was printed had all of that behind it.
 */
export const waysOfOnce: ReadonlySet<string> = new Set([
  ...["TRAN_MSG", "REAL_TOPIC", "REAL_QID", "POP_CK", "1ST_POP_TIME", "__CRC32#"],
  ...["TIMER_DELAY_SEC", "TIMER_DELAY_MS", "TIMER_DELIVER_MS", "TIMER_OUT_MS", "TIMER_ROLL_TIMES"],
  ...["TIMER_ENQUEUE_MS", "TIMER_DEQUEUE_MS", "TIMER_DEL_UNIQKEY", "TIMER_DEL_MS"],
]);

/** Makes the reader of lines; `keepIds`: a message keeps its unique key. The reader throws CommandError. */
export async function jsonLineReader(
  topic: string,
  { keepIds }: { readonly keepIds: boolean },
): Promise<(line: string) => Message> {
  const { z } = await import("zod");
  z.config({ jitless: true });
  const schema = lineSchema(z);
  return (line) => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw usageError(`a line is no JSON: ${line.slice(0, 60)}`);
    }
    const checked = schema.safeParse(value);
    if (!checked.success) {
      throw usageError(`a line is no message: ${checked.error.issues[0]?.message}`);
    }
    return messageFrom(topic, checked.data, keepIds);
  };
}

function messageFrom(
  topic: string,
  item: ReturnType<ReturnType<typeof lineSchema>["parse"]>,
  keepIds: boolean,
): Message {
  if (item.truncated === true) {
    throw usageError("a message was cut when it was printed: tail it without --max-bytes");
  }
  if (item.decoded !== undefined) {
    throw usageError(
      `a body was decoded (${item.decoded}) when it was printed: tail it without --decode`,
    );
  }
  if (item.compressed === true) {
    throw usageError(
      "the body of a message is compressed in a way that cannot be undone here: consumers would get it as it is",
    );
  }
  const properties = new Map(
    Object.entries(item.properties ?? {}).filter(([name]) => !waysOfOnce.has(name)),
  );
  if (keepIds && item.uniqueKey != null) {
    properties.set("UNIQ_KEY", item.uniqueKey);
  }
  return {
    topic,
    tag: item.tag ?? undefined,
    // Keys that are not words with one space between stand among the properties.
    keys: properties.has("KEYS") ? undefined : item.keys,
    properties,
    flag: item.flag,
    compression: item.compression,
    body: itemBody(item.encoding, item.body),
  };
}
