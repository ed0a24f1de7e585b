/** Times as a command's flags want them: in UTC, in the zone of --tz, or in that of this machine. */
import * as timeText from "../commands/time-text.ts";

let zone: timeText.ZoneOffset | undefined;
let zoneName: string | undefined;

/** The zone of the commands from now on: one by name, or this machine's. */
export function chooseZone(name: string | undefined): void {
  if (name !== zoneName) {
    zoneName = name;
    zone = undefined;
  }
}

function zoneOf(isUtc: boolean): timeText.ZoneOffset {
  if (isUtc) {
    return timeText.utcZone;
  }
  // Made once and only when needed: it loads the machine's tables of zones.
  zone ??= timeText.localZone(zoneName);
  return zone;
}

/** Milliseconds since 1970, undefined for a text that is no time. */
export function parseTime(text: string, nowMs: number): number | undefined {
  return timeText.parseTime(text, nowMs, zoneOf(false));
}

/** `2026-11-22T11:19:58.402+08:00`, or with Z for UTC. */
export function formatTime(ms: number, isUtc: boolean): string {
  return Number.isFinite(ms) ? timeText.formatTime(ms, zoneOf(isUtc)) : "-";
}
