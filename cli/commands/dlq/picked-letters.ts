/** `--pick`: somebody marks at a terminal which dead letters are meant. */
import type { ReceivedMessage } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { canPrompt } from "../../prompting.ts";
import { formatTime } from "../../render/time.ts";

/** More than this nobody looks through. */
const shownMax = 500;
const bodyCharacters = 60;

/** The letters that were marked, in their order; undefined when the question was left. Throws CommandError without a terminal. */
export async function pickedLetters(
  context: CommandContext,
  letters: AsyncIterable<ReceivedMessage>,
  isMeant: (letter: ReceivedMessage) => boolean,
): Promise<readonly ReceivedMessage[] | undefined> {
  const { terminal, output } = context;
  if (!canPrompt(context)) {
    throw usageError("--pick asks at a terminal", "--ids FILE names them in a script");
  }
  const shown: ReceivedMessage[] = [];
  for await (const letter of letters) {
    if (!isMeant(letter)) {
      continue;
    }
    if (shown.length === shownMax) {
      output.note(
        `only the first ${shownMax} are shown: --since, --key and --where make them fewer`,
      );
      break;
    }
    shown.push(letter);
  }
  if (shown.length === 0) {
    return [];
  }
  const marked = await terminal.chooseMany(
    "Which dead letters are sent again? (space marks, a marks all)",
    shown.map((letter) => lineOf(context, letter)),
  );
  return marked?.flatMap((index) => shown[index] ?? []);
}

function lineOf({ global }: CommandContext, letter: ReceivedMessage): string {
  const { brokerName, queueId, queueOffset, storeTimestampMs, keys, body } = letter;
  const text = body.toString("utf8").replace(/[\p{Cc}\p{Cf}]/gu, " ");
  const shortened = text.length > bodyCharacters ? `${text.slice(0, bodyCharacters)}…` : text;
  const time = formatTime(storeTimestampMs, global.utc);
  return [`${brokerName} q${queueId}@${queueOffset}`, time, ...keys, shortened].join("  ");
}
