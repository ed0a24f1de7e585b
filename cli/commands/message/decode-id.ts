/** `mq message decode-id`: asks nobody. */
import { decodeMessageId, type MessageIdParts } from "../../../src/client/index.ts";
import { civilFromDays, daysFromCivil } from "../../../src/core/calendar.ts";
import { DecodeError } from "../../../src/core/error.ts";
import { defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { choice, flag } from "../../flag.ts";
import { formatTime } from "../../render/time.ts";
import { localZone, utcZone, type ZoneOffset } from "../time-text.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

export const command = defineCommand({
  spec: {
    path: ["message", "decode-id"],
    summary: "tell what is written in a message's id",
    description:
      "An offset id names the broker's address and the place in its log. A unique key names the producer's address and\nprocess and the time of the send, in this zone and in the latest month in which it has passed; clients may put chance\nwhere the address is, as mq does. Both are equally long: --form where the guess is wrong.",
    arguments: [{ name: "ID", about: "offset id or unique key: 32 or 56 hexadecimal digits" }],
    flags: {
      form: flag(choice(["offset", "unique"]).optional(), { about: "what it is", value: "FORM" }),
    },
    output: (z) =>
      z.object({
        id: z.string(),
        form: z.enum(["offset", "unique"]),
        host: z.string(),
        port: z.number().nullable(),
        commitOffset: z.number().nullable(),
        processId: z.number().nullable(),
        instance: z.string().nullable(),
        time: z.string().nullable(),
        counter: z.number().nullable(),
      }),
    examples: [
      "mq message decode-id 7F00000100002A9F000000000000013E",
      "mq message decode-id 0A0000011C18B4AAC2062C4E5A000007 --utc",
    ],
  },
  async run(context, { arguments: [id = ""], flags }) {
    const { utc } = context.global;
    const nowMs = context.environment.clock.nowMs();
    const parts = itemOf(partsOf(id, flags.form), nowMs, utc);
    const item = { id, ...noParts, ...parts };
    const members = Object.entries(item).filter(([, value]) => value !== null);
    context.output.item("MessageId", item, {
      // Positions and process ids are names here, without separators.
      columns: members.map(([key]) => ({ key, head: key, show: (value) => String(value) })),
    });
    return undefined;
  },
});

/** In the order of the schema. */
const noParts = {
  form: null,
  host: null,
  port: null,
  commitOffset: null,
  processId: null,
  instance: null,
  time: null,
  counter: null,
};

function partsOf(id: string, form: "offset" | "unique" | undefined): MessageIdParts {
  try {
    return decodeMessageId(id, form);
  } catch (error) {
    if (error instanceof DecodeError) {
      throw usageError(error.message);
    }
    throw error;
  }
}

function itemOf(parts: MessageIdParts, nowMs: number, isUtc: boolean) {
  if (parts.kind === "offset") {
    const { kind: form, host, port, physicalOffset } = parts;
    return { form, host, port, commitOffset: physicalOffset };
  }
  const { kind: form, sinceMonthMs, ...others } = parts;
  const madeMs = timeInMonth(sinceMonthMs, nowMs, isUtc ? utcZone : localZone());
  return { form, ...others, time: formatTime(madeMs, isUtc) };
}

/** So long after the beginning of this month, or of the last one where that is still to come. */
export function timeInMonth(sinceMonthMs: number, nowMs: number, zone: ZoneOffset): number {
  const startOf = (timeMs: number): number => {
    const wallMs = timeMs + zone(timeMs) * minuteMs;
    const { year, month } = civilFromDays(Math.floor(wallMs / dayMs));
    const startWallMs = daysFromCivil({ year, month, day: 1 }) * dayMs;
    // Asked again: the offset belongs to that time.
    return startWallMs - zone(startWallMs - zone(timeMs) * minuteMs) * minuteMs;
  };
  const thisMonthMs = startOf(nowMs);
  const madeMs = thisMonthMs + sinceMonthMs;
  return madeMs <= nowMs ? madeMs : startOf(thisMonthMs - 1) + sinceMonthMs;
}
