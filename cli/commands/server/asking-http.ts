/** Asking a server of mq over its --http for what it was told to show: where it is, and what went wrong. */
import type { HttpAnswer } from "../../../src/io/http.ts";
import { NetworkError } from "../../../src/io/network.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { shorten } from "../../render/format.ts";
import { storeFolder } from "./settings.ts";
import { runningServer } from "./stopping.ts";

const reasonCharactersMax = 400;
const statusBadRequest = 400;
const statusNotFound = 404;

/** What a command wants of a server. */
export interface WantedOfHttp {
  /** How the command is typed. */
  readonly words: string;
  /** The server's flag that allows it. */
  readonly flag: string;
  /** What the answer is. */
  readonly what: string;
}

/** Where the broker of a store on this machine answers HTTP. Throws CommandError `MQ-E-USAGE` when none does. */
export function localHttp(
  context: CommandContext,
  store: string | undefined,
  { words, flag }: WantedOfHttp,
): string {
  const folder = storeFolder(context, store);
  const http = runningServer(context, folder)?.http;
  if (http === undefined) {
    throw usageError(
      `no broker on ${folder} answers HTTP`,
      `${words} HOST:PORT, of a broker that was started with --http HOST:PORT ${flag}`,
    );
  }
  return http;
}

/** The error for an answer that says no. */
export async function httpRefusal(
  address: string,
  answer: HttpAnswer,
  { flag }: WantedOfHttp,
): Promise<CommandError> {
  let why = "";
  for await (const line of answer.lines) {
    why ||= shorten(line, reasonCharactersMax);
  }
  if (answer.status === statusBadRequest) {
    return usageError(why);
  }
  if (answer.status === statusNotFound) {
    return new CommandError("MQ-E-UNSUPPORTED", exitCode.failed, `${address}: ${why}`, {
      hint: `start the broker with --http HOST:PORT ${flag}; RocketMQ's brokers have no such thing`,
    });
  }
  return new CommandError("MQ-E-REFUSED", exitCode.failed, `${address}: ${why}`);
}

/** The error for a server that does not answer, or answers with something else. */
export function httpError(address: string, error: unknown, { what }: WantedOfHttp): unknown {
  if (error instanceof NetworkError) {
    return new CommandError("MQ-E-UNREACHABLE", exitCode.unreachable, error.message, {
      hint: "the address is the one of --http, not the broker's own; RocketMQ's brokers have no such thing",
    });
  }
  if (!(error instanceof SyntaxError || (error instanceof Error && /ZodError/.test(error.name)))) {
    return error;
  }
  return new CommandError(
    "MQ-E-UNSUPPORTED",
    exitCode.failed,
    `${address} sent what is no ${what}`,
    { hint: "the address is the one of an mq broker's --http" },
  );
}
