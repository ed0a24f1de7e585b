/**
 * Where mq's transcript may differ from RocketMQ's: differences.json, line by line and with a reason. A difference that
 * is not listed fails, and so does one that is listed and gone, or that looks otherwise than the list says.
 */
import { isDeepStrictEqual } from "node:util";
import type { RocketmqVersion } from "../../scripts/peer/rocketmq.ts";
import type { Finding } from "../interop/observations.ts";
import { type Step, stepNames } from "./step.ts";
import { diffLines, type StepTranscript } from "./transcript.ts";

export interface Difference {
  /** As they stand in the transcripts. */
  readonly steps: readonly string[];
  readonly peers: readonly RocketmqVersion[];
  /** `-` lines that only RocketMQ printed, `+` those that only mq did. */
  readonly lines: readonly string[];
  /** Why it is right. */
  readonly reason: string;
}

/** A finding for each step of mq. */
export function compareTranscripts(
  version: RocketmqVersion,
  {
    mq,
    peer,
    listed,
  }: {
    readonly mq: readonly StepTranscript[];
    readonly peer: readonly StepTranscript[];
    readonly listed: readonly Difference[];
  },
): readonly Finding[] {
  const theirs = new Map(peer.map(({ name, lines }) => [name, lines]));
  return mq.map(({ name, lines }) => {
    const other = theirs.get(name);
    if (other === undefined) {
      return { what: name, isOk: false, detail: "there is no transcript of it: RECORD=1" };
    }
    const found = diffLines(other, lines);
    const entry = listed.find(
      ({ steps, peers }) => steps.includes(name) && peers.includes(version),
    );
    const isOk =
      isDeepStrictEqual(found, entry?.lines ?? []) && (entry === undefined || entry.reason !== "");
    const what = entry === undefined ? "" : `\nlisted is:\n${entry.lines.join("\n")}`;
    const gap = entry?.reason === "" ? "\nno reason is given for it" : "";
    return { what: name, isOk, detail: `\n${found.join("\n") || "no difference"}${what}${gap}` };
  });
}

/** Entries that name no step, or the same step twice. */
export function staleDifferences(
  listed: readonly Difference[],
  steps: readonly Step[],
): readonly Finding[] {
  const names = new Set(stepNames(steps));
  const seen = new Set<string>();
  return listed.flatMap((difference) =>
    difference.steps.flatMap((name) =>
      difference.peers.map((peer) => {
        const key = `${peer}: ${name}`;
        const isTwice = seen.has(key);
        seen.add(key);
        return {
          what: key,
          isOk: names.has(name) && !isTwice,
          detail: isTwice ? "is listed twice" : "the script has no such step",
        };
      }),
    ),
  );
}

/** The list with what it lacks, each new difference with an empty reason; what is gone is left out. */
export function unlistedDifferences(
  mq: readonly StepTranscript[],
  peers: ReadonlyMap<RocketmqVersion, readonly StepTranscript[]>,
  listed: readonly Difference[],
): readonly Difference[] {
  const found = new Map<
    string,
    { steps: Set<string>; peers: Set<RocketmqVersion>; lines: readonly string[] }
  >();
  for (const { name, lines } of mq) {
    const byLines = new Map<string, RocketmqVersion[]>();
    for (const [version, transcript] of peers) {
      const other = transcript.find((each) => each.name === name)?.lines ?? [];
      const diff = JSON.stringify(diffLines(other, lines));
      byLines.set(diff, [...(byLines.get(diff) ?? []), version]);
    }
    for (const [diff, versions] of byLines) {
      const key = `${versions.join(" ")} ${diff}`;
      const entry = found.get(key) ?? {
        steps: new Set(),
        peers: new Set(versions),
        lines: JSON.parse(diff),
      };
      entry.steps.add(name);
      found.set(key, entry);
    }
  }
  return [...found.values()]
    .filter(({ lines }) => lines.length > 0)
    .map(({ steps, peers: versions, lines }) => ({
      steps: [...steps],
      peers: [...versions],
      lines,
      reason: listed.find((each) => isDeepStrictEqual(each.lines, lines))?.reason ?? "",
    }));
}
