/** Which dead letters a redrive means: by what they say, or by their ids in a file. */
import type { ReceivedMessage } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { flag, text } from "../../flag.ts";
import { readTextFile } from "../../text-file.ts";
import { type FilterFlags, filterFlags, messageFilter } from "../message/message-filter.ts";
import { originOf } from "./dead-letters.ts";

export const chosenFlags = {
  ...filterFlags,
  ids: flag(text(1).optional(), {
    about:
      "only those whose id stands in the file, one a line: of the dead letter, of its message, or a unique key",
    value: "FILE",
  }),
} as const;

/** The test of all flags together. Throws CommandError for what cannot be read. */
export function chosenLetters(
  context: CommandContext,
  flags: FilterFlags & { readonly ids?: string | undefined },
): (message: ReceivedMessage) => boolean {
  const matches = messageFilter(flags, context.environment.clock.nowMs());
  if (flags.ids === undefined) {
    return matches;
  }
  const typed = readTextFile(context.environment, flags.ids);
  if (typed === undefined) {
    throw usageError(`--ids: ${flags.ids} is not there`);
  }
  const ids = new Set(typed.split(/\s+/).filter((id) => id !== ""));
  return (message) => {
    const { offsetMessageId, uniqueKey } = message;
    const known = [offsetMessageId, uniqueKey, originOf(message).originMessageId];
    return known.some((id) => id !== null && id !== undefined && ids.has(id)) && matches(message);
  };
}
