/** What somebody may count on who looks for messages (remoting 4.7). */
import { describe, expect, test } from "bun:test";
import { pullMessage } from "../../../src/protocol/remoting/requests/pull.ts";
import { getEarliestStoreTime } from "../../../src/protocol/remoting/requests/query.ts";
import { decodeRecord } from "../../../src/record/decode.ts";
import { livePair, pullDefaults, sendOne } from "./live-pair.ts";

const pair = livePair();

describe("the oldest message", () => {
  test("32 answers its store time, and -1 where there is none", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "oldest" });
    await sendOne(peer, { topic: "oldest" });
    const pulled = await peer.call(pullMessage, { ...pullDefaults, topic: "oldest" });
    const { storeTimestampMs } = decodeRecord(pulled.source, pulled.bodyStart);
    const ask = async (topic: string, queueId: number) => {
      const reply = await peer.call(getEarliestStoreTime, { topic, queueId });
      expect(reply.code).toBe(0);
      return getEarliestStoreTime.decodeReply(reply.fields).timestamp;
    };
    expect(await ask("oldest", 0)).toBe(storeTimestampMs);
    expect(await ask("oldest", 1)).toBe(-1);
    expect(await ask("oldest", 99)).toBe(-1);
    expect(await ask("nowhere", 0)).toBe(-1);
  });
});
