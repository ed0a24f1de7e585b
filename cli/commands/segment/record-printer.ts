/** How `segment dump` and `segment grep` show records: as they are found for programs, as one list in a document. */
import type { FoundRecord, SearchEnd } from "../../../src/app/record-search.ts";
import type { CommandContext } from "../../command.ts";
import type { Zod } from "../../flag.ts";
import { formatCount } from "../../render/format.ts";
import type { Column, Item } from "../../render/listing.ts";
import { encodedBody } from "../message/message-item.ts";
import { showShortTime, timeOrNull } from "../time-fields.ts";

/** Rows that one document or table holds, unless --count says another number. */
const documentRowsMax = 10_000;

/** All fields of a record; `encoding` and `body` when the body was asked for. */
export const recordSchema = (z: Zod) =>
  z.object({
    commitOffset: z.number(),
    bytes: z.number(),
    topic: z.string(),
    queue: z.number(),
    queueOffset: z.number(),
    tag: z.string().nullable(),
    keys: z.string().nullable(),
    uniqueKey: z.string().nullable(),
    stored: z.string().nullable(),
    storeHost: z.string(),
    born: z.string().nullable(),
    bornHost: z.string(),
    flag: z.number(),
    sysFlag: z.number(),
    transaction: z.enum(["none", "prepared", "commit", "rollback"]),
    reconsumeTimes: z.number(),
    preparedTransactionOffset: z.number(),
    properties: z.record(z.string(), z.string()),
    checked: z.enum(["record", "body"]),
    bodyCrc: z.number(),
    bodyBytes: z.number(),
    encoding: z.enum(["json", "utf8", "base64"]).optional(),
    body: z.unknown().optional(),
  });

const columns: readonly Column[] = [
  { key: "commitOffset", head: "COMMIT OFFSET", align: "right" },
  { key: "bytes", head: "SIZE", align: "right" },
  { key: "topic", head: "TOPIC" },
  { key: "queue", head: "Q", align: "right" },
  { key: "queueOffset", head: "OFFSET", align: "right" },
  { key: "tag", head: "TAG" },
  { key: "keys", head: "KEYS" },
  { key: "stored", head: "STORED", show: showShortTime },
  { key: "uniqueKey", head: "UNIQUE KEY", isWide: true },
  { key: "born", head: "BORN", show: showShortTime, isWide: true },
  { key: "bornHost", head: "BORN HOST", isWide: true },
  { key: "storeHost", head: "STORE HOST", isWide: true },
  { key: "transaction", head: "TRANSACTION", isWide: true },
  { key: "reconsumeTimes", head: "RETRIES", align: "right", isWide: true },
  { key: "checked", head: "CHECKED", isWide: true },
  { key: "properties", head: "PROPERTIES", isWide: true },
  { key: "bodyBytes", head: "BODY SIZE", align: "right" },
];
const bodyColumn: Column = {
  key: "body",
  head: "BODY",
  show: (value) => (typeof value === "string" ? value : JSON.stringify(value)),
};

export class RecordPrinter {
  /** Records that were shown. */
  count = 0;
  readonly #context: CommandContext;
  readonly #hasBody: boolean;
  readonly #countMax: number;
  readonly #columns: readonly Column[];
  readonly #items: Item[] = [];
  readonly #isDocument: boolean;
  #isTruncated = false;

  /** Without a count everything is shown; a document keeps to what fits one. */
  constructor(
    context: CommandContext,
    options: { readonly hasBody: boolean; readonly count: number | undefined },
  ) {
    const { format } = context.output;
    this.#context = context;
    this.#hasBody = options.hasBody;
    this.#isDocument = format === "table" || format === "wide" || format === "json";
    this.#countMax =
      options.count ?? (this.#isDocument ? documentRowsMax : Number.POSITIVE_INFINITY);
    this.#columns = options.hasBody ? [...columns, bodyColumn] : columns;
  }

  /** Shows one more; false when no further is wanted. */
  show(found: FoundRecord): boolean {
    if (this.count >= this.#countMax) {
      this.#isTruncated = true;
      return false;
    }
    this.count++;
    const item = itemOf(found, this.#hasBody, this.#context.global.utc);
    if (this.#isDocument) {
      this.#items.push(item);
      return true;
    }
    const look = { columns: this.#columns, nameKey: "commitOffset", noun: "record" };
    return this.#context.output.row(item, look);
  }

  /** Ends the list, and says what damage was met. */
  async finish({ read, damaged, damagedCount }: SearchEnd): Promise<void> {
    const { output } = this.#context;
    const summary = `${formatCount(this.count)} shown, ${formatCount(read)} read`;
    if (this.#isDocument) {
      await output.list({
        kind: "SegmentRecords",
        noun: "record",
        nameKey: "commitOffset",
        columns: this.#columns,
        items: this.#items,
        isTruncated: this.#isTruncated,
        summary,
      });
    }
    const [first] = damaged;
    if (first !== undefined) {
      output.note(
        `${formatCount(damagedCount)} damaged places were passed over, the first at ${first.offset}: ${first.reason} (mq segment verify tells all)`,
      );
    }
  }
}

function itemOf(found: FoundRecord, hasBody: boolean, isUtc: boolean): Item {
  const { record, hasChecksum, isCompressed, transaction } = found;
  const { properties, body } = record;
  return {
    commitOffset: record.physicalOffset,
    bytes: record.bytes,
    topic: record.topic,
    queue: record.queueId,
    queueOffset: record.queueOffset,
    tag: properties.get("TAGS") ?? null,
    keys: properties.get("KEYS") ?? null,
    uniqueKey: properties.get("UNIQ_KEY") ?? null,
    stored: timeOrNull(record.storeTimestampMs, isUtc),
    storeHost: hostText(record.storeHost),
    born: timeOrNull(record.bornTimestampMs, isUtc),
    bornHost: hostText(record.bornHost),
    flag: record.flag,
    sysFlag: record.sysFlag,
    transaction,
    reconsumeTimes: record.reconsumeTimes,
    preparedTransactionOffset: record.preparedTransactionOffset,
    properties: Object.fromEntries(properties),
    checked: hasChecksum ? "record" : "body",
    bodyCrc: record.bodyCrc,
    bodyBytes: body.length,
    ...(hasBody ? encodedBody(body, isCompressed) : {}),
  };
}

function hostText({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
