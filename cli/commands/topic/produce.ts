/** `mq topic produce` */
import type { Message } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import {
  byteSize,
  choice,
  count,
  duration,
  flag,
  rate,
  text,
  texts,
  toggle,
  wholeNumber,
} from "../../flag.ts";
import { delayLevelOf } from "./delay-level.ts";
import { messagesOf } from "./message-source.ts";
import { Production } from "./production.ts";

const flagShape = {
  value: flag(text().optional(), { about: "the body", short: "v", value: "TEXT" }),
  file: flag(text(1).optional(), { about: "the body is this file", value: "FILE" }),
  lines: toggle("one message a line of standard input", "l"),
  jsonl: toggle("JSON lines as 'tail -o jsonl' prints them"),
  newIds: toggle("with --jsonl: new unique ids instead of those in the lines"),
  parse: flag(text(1).optional(), {
    about: "lines of standard input in this form, as 'tail -F' prints them: %k\\t%v",
    value: "FORMAT",
  }),
  template: toggle("fill in {{n}}, {{now}}, {{ms}}, {{uuid}}, {{random N}}"),
  tag: flag(text().optional(), { about: "tag", value: "TAG" }),
  key: flag(texts().optional(), { about: "key (repeatable)", value: "KEY" }),
  keyFrom: flag(text(1).optional(), {
    about: "a key from each JSON body: $.id, $.order.id",
    value: "PATH",
  }),
  prop: flag(texts().optional(), { about: "property (repeatable)", value: "K=V" }),
  queue: flag(wholeNumber(0).optional(), { about: "to this queue id", value: "N" }),
  shardingKey: flag(text(1).optional(), {
    about: "to the queue of this key, in order with its others",
    value: "KEY",
  }),
  delay: flag(duration().optional(), {
    about: "deliver so much later: the time of a delay level",
    value: "DURATION",
  }),
  delayLevel: flag(wholeNumber(1, 64).optional(), {
    about: "deliver later, by the number of a delay level",
    value: "N",
  }),
  compress: flag(choice(["zlib", "zstd", "lz4"]).optional(), {
    about: "pack bodies; clients of RocketMQ 4 unpack zlib only",
    value: "KIND",
  }),
  count: flag(count(1).optional(), { about: "send the body N times (1)", value: "N" }),
  size: flag(byteSize().optional(), { about: "a body of that size", value: "SIZE" }),
  rate: flag(rate().optional(), { about: "at most N a second", value: "N" }),
  oneway: toggle("do not wait for answers"),
  async: toggle("up to 64 sends at a time; they may be stored in another order"),
} as const;

export const command = defineCommand({
  spec: {
    path: ["topic", "produce"],
    summary: "send messages",
    description:
      "The body comes from --value, --file, --size, or from standard input. Prints a row for each message, of failed ones with\nthe reason; exit code 7 when some failed.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: flagShape,
    output: (z) =>
      z.object({
        status: z.string(),
        messageId: z.string(),
        uniqueKey: z.string(),
        broker: z.string(),
        queue: z.number().nullable(),
        offset: z.number().nullable(),
        reason: z.string().optional(),
      }),
    examples: [
      "mq topic produce orders --value '{\"id\":1}' --tag PAID --key ord-1",
      "mq topic produce orders --lines --key-from '$.id' < orders.jsonl",
      "seq 100 | mq topic produce orders --lines",
      "mq topic produce orders --value '{\"id\":{{n}}}' --template --count 10",
      "mq topic tail orders --last 5 -o jsonl | mq topic produce copy --jsonl",
      "mq topic tail orders -F '%k\\t%v\\n' | mq topic produce copy --parse '%k\\t%v'",
    ],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    if (flags.queue !== undefined && flags.shardingKey !== undefined) {
      throw usageError("--queue and --sharding-key both say which queue: give one");
    }
    if (flags.oneway && flags.async) {
      throw usageError("--oneway waits for nothing: leave out --async");
    }
    const level = delayLevelOf(flags);
    const extra: readonly (readonly [string, string])[] = [
      ...(level === undefined ? [] : [["DELAY", String(level)] as const]),
      ...(flags.shardingKey === undefined ? [] : [["__SHARDINGKEY", flags.shardingKey] as const]),
    ];
    const production = new Production(context, topic, flags);
    for await (const message of messagesOf(context, topic, flags)) {
      if (context.signal.aborted) {
        break;
      }
      await production.send(withExtra(message, extra, flags.compress));
    }
    const outcome = await production.finish();
    return context.signal.aborted ? exitCode.interrupted : outcome;
  },
});

function withExtra(
  message: Message,
  extra: readonly (readonly [string, string])[],
  compression: Message["compression"],
): Message {
  return {
    ...message,
    compression: compression ?? message.compression,
    properties: new Map([...(message.properties ?? []), ...extra]),
  };
}
