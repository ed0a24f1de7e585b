/** Work on a stopped store that may find it in use. */
import { MqError } from "../../../src/core/error.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";

/** What a store refuses becomes a precondition that does not hold; `hint` says what to do. */
export function storeRefusal(error: unknown, hint: string): unknown {
  return error instanceof MqError && error.kind === "store_unavailable"
    ? new CommandError("MQ-E-STORE", exitCode.precondition, error.message, { hint })
    : error;
}
