/** `mq message get`: one message by the id that it is known by. */
import { defineCommand } from "../../command.ts";
import { idFlags, messageById } from "./message-by-id.ts";
import { bodyText, type MessageItem } from "./message-item.ts";
import { lookFlags, messageLook, messageSchema, printFormatted } from "./message-look.ts";

export const command = defineCommand({
  spec: {
    path: ["message", "get"],
    summary: "show one message",
    description:
      "By its offset id, which names broker and place; by the unique key that its producer gave it, with --topic; or by\nTOPIC/QUEUE/OFFSET, with --broker where several brokers have the queue. Exit code 3 when it is not there, 5\nwhen the broker that would know does not answer.",
    arguments: [{ name: "ID", about: "offset id, unique key, or TOPIC/QUEUE/OFFSET" }],
    flags: { ...idFlags, ...lookFlags },
    output: messageSchema,
    examples: [
      "mq message get 7F00000100002A9F000000000000013E",
      "mq message get 7F0000010A3C18B4AAC2062C4E5A0000 --topic orders",
      "mq message get orders/0/17 -F '%v'",
    ],
  },
  async run(context, { arguments: [id = ""], flags }) {
    const message = await messageById(context.client(), id, flags);
    const look = await messageLook(context, flags);
    if (flags.format !== undefined) {
      printFormatted(context, look, [message], flags.format);
      return undefined;
    }
    const item = look.itemOf(message);
    context.output.item("Message", item, {
      columns: Object.keys(item).map((key) => ({
        key,
        head: key,
        ...(key === "body" ? { show: () => bodyText(item) } : {}),
        ...(key === "keys" ? { show: () => item.keys.join(" ") || "-" } : {}),
        ...(numbers.has(key) ? { show: (value: unknown) => String(value) } : {}),
      })),
    });
    return undefined;
  },
});

/** Positions are names here: without separators they can be typed again. */
const numbers: ReadonlySet<keyof MessageItem> = new Set(["queue", "offset", "commitOffset"]);
