/**
 * `--template`: places in bodies, tags, keys and property values that are filled anew for each message. `{{n}}` its number from 1,
 * `{{now}}` the time (RFC 3339, UTC), `{{ms}}` in milliseconds, `{{uuid}}`, `{{random N}}` a number below N.
 */
import type { Environment } from "../../../src/io/environment.ts";
import { usageError } from "../../command-error.ts";
import { formatTime } from "../../render/time.ts";

export interface TemplateFiller {
  (text: string): string;
  /** The same over a body, whose other bytes stay as they are. */
  bytes(body: Buffer): Buffer;
  /** The next message begins. */
  next(): void;
}

/** A filler; one that leaves everything as it is unless it is wanted. */
export function templateFiller(environment: Environment, isWanted: boolean): TemplateFiller {
  let number = 0;
  const fill = (text: string): string =>
    isWanted
      ? text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (_, place: string) =>
          filled(environment, place, number),
        )
      : text;
  return Object.assign(fill, {
    bytes: (body: Buffer) =>
      isWanted ? Buffer.from(fill(body.toString("latin1")), "latin1") : body,
    next: () => {
      number++;
    },
  });
}

function filled({ clock, random }: Environment, place: string, number: number): string {
  const below = /^random (\d{1,9})$/.exec(place)?.[1];
  if (below !== undefined && Number(below) > 0) {
    return String(random.below(Number(below)));
  }
  switch (place) {
    case "n":
      return String(number);
    case "now":
      return formatTime(clock.nowMs(), true);
    case "ms":
      return String(Math.floor(clock.nowMs()));
    case "uuid":
      return uuid(random.hex(16));
    default:
      throw usageError(
        `--template: {{${place}}} is none of {{n}}, {{now}}, {{ms}}, {{uuid}}, {{random N}}`,
      );
  }
}

/** Version 4 of RFC 9562. */
function uuid(digits: string): string {
  const variant = "89ab"[Number.parseInt(digits[16] ?? "0", 16) & 3];
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20),
  ];
  return parts.join("-");
}
