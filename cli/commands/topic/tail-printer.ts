/** Prints messages one by one, as they come. */
import type { ReceivedMessage } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { bodyText } from "../message/message-item.ts";
import { type MessageLook, messageColumns } from "../message/message-look.ts";

export class TailPrinter {
  readonly #context: CommandContext;
  readonly #look: MessageLook;
  readonly #format: string | undefined;
  #printed = 0;

  constructor(context: CommandContext, look: MessageLook, format: string | undefined) {
    this.#context = context;
    this.#look = look;
    this.#format = format;
  }

  /** One line; false when the reader has gone. */
  readonly print = (message: ReceivedMessage): boolean => {
    const { output } = this.#context;
    this.#printed++;
    if (this.#format !== undefined) {
      return output.text(this.#look.textOf(message, this.#format, this.#printed));
    }
    const item = this.#look.itemOf(message);
    if (output.format === "table" || output.format === "wide") {
      const tag = item.tag === null ? "" : ` [${item.tag}]`;
      const keys = item.keys.length === 0 ? "" : ` ${item.keys.join(" ")}`;
      const time = item.storeTime.slice(11, 23);
      return output.text(`${time} q${item.queue}@${item.offset}${tag}${keys} ${bodyText(item)}\n`);
    }
    return output.row(item, { columns: messageColumns, nameKey: "messageId", noun: "message" });
  };
}
