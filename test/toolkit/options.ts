/** What `make toolkit-interop` is asked to do, from its environment. */
import type { RocketmqVersion } from "../../scripts/peer/rocketmq.ts";

export interface ToolkitOptions {
  /** What mq is held against. */
  readonly peers: readonly RocketmqVersion[];
  /** Those of them that are started; of the others the recorded transcripts are taken. */
  readonly livePeers: readonly RocketmqVersion[];
  /** Writes the transcripts of the peers, and lists new differences without a reason. */
  readonly isRecording: boolean;
}

const versions: readonly RocketmqVersion[] = ["5.5.0", "4.9.7"];

/** Throws for a peer that there is none of. */
export function parseToolkitOptions(
  environment: Readonly<Record<string, string | undefined>>,
): ToolkitOptions {
  const named = environment["PEER"] ?? "";
  const isRecording = !["", "0", undefined].includes(environment["RECORD"]);
  if (isRecording && named !== "") {
    throw new Error("RECORD=1 needs all peers: PEER chooses");
  }
  if (named === "recorded") {
    return { peers: versions, livePeers: [], isRecording };
  }
  const peers = versions.filter((version) => named === "" || version === named);
  if (peers.length === 0) {
    throw new Error(`PEER=${named}: known are ${versions.join(", ")} and recorded`);
  }
  return { peers, livePeers: peers, isRecording };
}
