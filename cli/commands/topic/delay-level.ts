/** Delays as brokers know them: by the number of a level. */
import { delayLevelsByDefault } from "../../../src/client/index.ts";
import { usageError } from "../../command-error.ts";

/** The level that the flags name; undefined for none. Throws CommandError for a delay that no level has. */
export function delayLevelOf(flags: {
  readonly delay?: number | undefined;
  readonly delayLevel?: number | undefined;
}): number | undefined {
  const { delay, delayLevel } = flags;
  if (delay === undefined || delayLevel !== undefined) {
    if (delay !== undefined) {
      throw usageError("--delay and --delay-level say the same: give one");
    }
    return delayLevel;
  }
  const index = delayLevelsByDefault.findIndex(({ delayMs }) => delayMs === delay);
  if (index < 0) {
    const names = delayLevelsByDefault.map(({ name }) => name).join(" ");
    throw usageError(
      "--delay: brokers know delays by levels, and none is so long",
      `the levels are ${names}; --delay-level N takes those of a broker that was configured otherwise`,
    );
  }
  return index + 1;
}
