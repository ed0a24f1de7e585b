/** `mq monitor`: the requests that a broker gets, as they come; a sample of them where there are many. */
import type { z } from "zod";
import { timeoutMsDefault } from "../../src/client/index.ts";
import { NetworkError } from "../../src/io/network.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { count, flag, text, texts, wholeNumber, type Zod } from "../flag.ts";
import { formatBytes, formatCount, shorten } from "../render/format.ts";
import type { Column } from "../render/listing.ts";
import { formatTime } from "../render/time.ts";
import { httpError, httpRefusal, localHttp, type WantedOfHttp } from "./server/asking-http.ts";
import { storeFlag } from "./server/server-flags.ts";
import { readAddress } from "./server/settings.ts";

const wanted: WantedOfHttp = {
  words: "mq monitor",
  flag: "--http-monitor",
  what: "feed of requests",
};
const lineCharactersMax = 400;
const statusOk = 200;

const rowShape = (z: Zod) => ({
  peer: z.string(),
  code: z.number(),
  request: z.string().nullable(),
  language: z.string(),
  version: z.string(),
  oneway: z.boolean(),
  headerBytes: z.number(),
  bodyBytes: z.number(),
  topic: z.string().nullable(),
  group: z.string().nullable(),
  queue: z.number().nullable(),
  offset: z.number().nullable(),
});

const rowSchema = (z: Zod) => z.object({ time: z.string(), ...rowShape(z) });

const columns: readonly Column[] = [
  "time",
  "peer",
  "request",
  "topic",
  "group",
  "queue",
  "offset",
  "oneway",
  "headerBytes",
  "bodyBytes",
  "language",
  "version",
  "code",
].map((key) => ({ key, head: key.toUpperCase() }));

export const command = defineCommand({
  spec: {
    path: ["monitor"],
    summary: "watch the requests that an mq broker gets",
    description:
      "Reads /monitor of a broker that was started with --http HOST:PORT --http-monitor; RocketMQ's brokers have no such thing.\nWithout an address the broker of --store on this machine. Shows who asks what of which topic and group, never bodies,\nproperties, keys or signatures. A broker shows at most 1,000 a second to each of at most four watchers; what is left out\nis counted. Ctrl-C ends it.",
    arguments: [{ name: "HOST:PORT", about: "where the broker answers HTTP", isOptional: true }],
    flags: {
      store: storeFlag,
      sample: flag(wholeNumber(1, 1_000_000).default(1), {
        about: "one of so many requests that match (1)",
        value: "N",
      }),
      request: flag(texts().optional(), {
        about: "only requests of this code or name; repeat it for several",
        value: "CODE|NAME",
      }),
      topic: flag(text(1).optional(), { about: "only of this topic", short: "t", value: "TOPIC" }),
      group: flag(text(1).optional(), { about: "only of this group", short: "g", value: "GROUP" }),
      count: flag(count(1).optional(), { about: "end after so many", value: "N" }),
    },
    output: rowSchema,
    examples: [
      "mq monitor 127.0.0.1:9090",
      "mq monitor 127.0.0.1:9090 --sample 100 --request SEND_MESSAGE_V2 -o jsonl",
      "mq monitor --topic orders --count 20",
    ],
  },
  async run(context, { arguments: [named], flags }) {
    const { http, signal, process, global, output } = context;
    const { z } = await import("zod");
    const address = named ?? localHttp(context, flags.store, wanted);
    const target = readAddress("HOST:PORT", address);
    const letGo = process.keepAlive();
    let shown = 0;
    let dropped = 0;
    const stop = new AbortController();
    try {
      const answer = await http.get(target, pathOf(flags), {
        timeoutMs: global.timeout ?? timeoutMsDefault,
        signal: AbortSignal.any([signal, stop.signal]),
      });
      if (answer.status !== statusOk) {
        throw await httpRefusal(address, answer, wanted);
      }
      const line = z.union([
        z.strictObject({ dropped: z.number() }),
        z.strictObject({ timeMs: z.number(), ...rowShape(z) }),
      ]);
      for await (const read of answer.lines) {
        if (read === "") {
          continue;
        }
        const item = line.parse(JSON.parse(read));
        if ("dropped" in item) {
          dropped += item.dropped;
          continue;
        }
        if (!show(context, item) || ++shown === flags.count) {
          output.note(summary(shown, dropped));
          return undefined;
        }
      }
      throw new NetworkError("the broker ended the feed");
    } catch (error) {
      if (signal.aborted) {
        output.note(summary(shown, dropped));
        return exitCode.interrupted;
      }
      throw httpError(address, error, wanted);
    } finally {
      stop.abort();
      letGo();
    }
  },
});

type Row = z.infer<ReturnType<typeof rowSchema>>;

function pathOf(flags: {
  readonly sample: number;
  readonly request: readonly string[] | undefined;
  readonly topic: string | undefined;
  readonly group: string | undefined;
}): string {
  const query = new URLSearchParams({ every: String(flags.sample) });
  for (const each of flags.request ?? []) {
    query.append("code", each);
  }
  if (flags.topic !== undefined) {
    query.set("topic", flags.topic);
  }
  if (flags.group !== undefined) {
    query.set("group", flags.group);
  }
  return `/monitor?${query.toString()}`;
}

/** False when the reader has gone. */
function show(
  { output, global }: CommandContext,
  { timeMs, ...seen }: Omit<Row, "time"> & { readonly timeMs: number },
): boolean {
  const item: Row = { time: formatTime(timeMs, global.utc), ...seen };
  if (output.format !== "table" && output.format !== "wide") {
    return output.row(item, { columns, nameKey: "peer", noun: "request" });
  }
  const { request, code, topic, group, queue, offset } = item;
  const words = [
    item.time.slice(11, 23),
    item.peer,
    request ?? `request ${code}`,
    topic ?? "",
    queue === null ? "" : `q${queue}${offset === null ? "" : `@${offset}`}`,
    group === null ? "" : `(${group})`,
    formatBytes(item.headerBytes + item.bodyBytes),
    item.oneway ? "one-way" : "",
    item.language,
    item.version,
  ];
  const text = words.filter((word) => word !== "").join(" ");
  return output.text(`${shorten(text, lineCharactersMax)}\n`);
}

function summary(shown: number, dropped: number): string {
  const others = dropped === 0 ? "" : `, ${formatCount(dropped)} more that match not shown`;
  return `${formatCount(shown)} shown${others}`;
}
