/** What a consumer did with a message that it was handed (309). */
import { flag, integer, optionalText, parseObject } from "../json-members.ts";

export interface DirectConsumption {
  readonly isOrdered: boolean;
  readonly autoCommit: boolean;
  /** CR_SUCCESS, CR_LATER and the like. */
  readonly outcome: string | undefined;
  readonly remark: string | undefined;
  readonly elapsedMs: number;
}

export function decodeDirectConsumption(
  source: Buffer,
  start: number,
  end: number,
): DirectConsumption {
  const object = parseObject(source, start, end);
  return {
    isOrdered: flag(object, "order", false),
    autoCommit: flag(object, "autoCommit", true),
    outcome: optionalText(object, "consumeResult"),
    remark: optionalText(object, "remark"),
    elapsedMs: integer(object, "spentTimeMills", 0),
  };
}
