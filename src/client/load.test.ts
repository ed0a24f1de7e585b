/** Tests of the measuring client: what it counts, under virtual time with a broker whose speed is known. */
import { describe, expect, test } from "bun:test";
import {
  type FakeAnswer,
  type FakeServer,
  type FakeWorld,
  inFakeWorld,
  routeReply,
  sendReply,
} from "../../test/support/fake-cluster.ts";
import type { Command } from "../protocol/remoting/command.ts";
import { sendMessageV2 } from "../protocol/remoting/requests/send.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import { forEachBatchMessage } from "../record/batch.ts";
import { parseProperties } from "../record/properties.ts";
import { createClient, type ProduceLoad } from "./index.ts";
import { Latencies } from "./latencies.ts";
import { alignedCounter } from "./send-frame.ts";

const load: ProduceLoad = {
  topics: ["orders"],
  bodyBytes: 100,
  batch: 1,
  inFlight: 4,
  warmupMs: 0,
  durationMs: 1_000,
};

function produce(
  answer: (command: Command, world: FakeWorld) => FakeAnswer,
  options: Partial<ProduceLoad>,
) {
  return inFakeWorld(async (world) => {
    const broker: FakeServer = world.server((command) => answer(command, world));
    const nameserver = world.server(() => routeReply({ "broker-a": broker.address }));
    const client = createClient(world.environment, {
      nameservers: [nameserver.address],
      timeoutMs: 300,
    });
    const report = await client.load.produce({ ...load, ...options });
    await client.close();
    return { report, received: broker.received };
  });
}

function uniqueKeysOf({ fields, source, bodyStart, bodyEnd }: Command): string[] {
  const { batch, properties = "" } = sendMessageV2.decode(fields);
  if (batch !== true) {
    const bytes = Buffer.from(properties);
    return [parseProperties(bytes, 0, bytes.length).get("UNIQ_KEY") ?? ""];
  }
  const keys: string[] = [];
  forEachBatchMessage(source, bodyStart, bodyEnd, (_, bodyAt, bodyStop, start, end) => {
    expect(bodyStop - bodyAt).toBe(100);
    keys.push(parseProperties(source, start, end).get("UNIQ_KEY") ?? "");
  });
  return keys;
}

describe("a send load", () => {
  test("counts every stored message once, each with a unique key of its own", () => {
    for (const batch of [1, 32]) {
      const { report, received } = produce(() => sendReply(0), { batch, messageCount: 640 });
      expect([report.messages, report.failures]).toEqual([640, 0]);
      expect(report.requests).toBe(640 / batch);
      const keys = received.flatMap(uniqueKeysOf);
      expect(keys.length).toBeGreaterThanOrEqual(640);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test("never has more requests in flight than it was told", () => {
    let count = 0;
    const silent = (): undefined => {
      count++;
    };
    expect(() => produce(silent, { inFlight: 3, durationMs: 100 })).toThrow("no answer");
    expect(count).toBe(3);
  });

  test("what is sent before the window counts for nothing", () => {
    const { report, received } = produce(() => sendReply(0), { warmupMs: 500, durationMs: 500 });
    expect(report.seconds).toBeCloseTo(0.5, 3);
    expect(report.messages).toBeLessThan(received.length * 0.6);
    expect(report.messages).toBeGreaterThan(received.length * 0.4);
  });

  test("a rate is kept", () => {
    const { report } = produce(() => sendReply(0), { ratePerSecond: 200 });
    expect(report.messages).toBeGreaterThanOrEqual(198);
    expect(report.messages).toBeLessThanOrEqual(200);
    expect(report.latencies.maxMs).toBeLessThan(10);
  });

  test("at a rate, requests that a stalled broker kept waiting count with their wait", () => {
    let count = 0;
    const { report } = produce(() => (count++ === 0 ? undefined : sendReply(0)), {
      ratePerSecond: 200,
      inFlight: 1,
    });
    // The first request blocks the only slot until its time limit: what was due meanwhile waited for it.
    expect(report.failures).toBe(1);
    expect(report.latencies.maxMs).toBeGreaterThan(250);
    expect(report.messages).toBeGreaterThan(150);
  });

  test("refusals are failures, counted and not repeated at once", () => {
    let count = 0;
    const { report, received } = produce(
      () =>
        count++ % 2 === 0
          ? { code: responseCode.systemBusy, remark: "too much to do" }
          : sendReply(0),
      { durationMs: 200 },
    );
    expect(report.firstFailure).toContain("too much to do");
    expect(report.failures).toBeGreaterThan(100);
    expect(Math.abs(received.length - report.failures - report.messages)).toBeLessThanOrEqual(4);
    // 4 slots rest 5 ms after each refusal.
    expect(report.failures).toBeLessThan(4 * (200 / 5 + 1));
  });

  test("a load that stored nothing is an error with the broker's word", () => {
    const run = () => produce(() => ({ code: 14, remark: "disk full" }), { durationMs: 50 });
    expect(run).toThrow("disk full");
  });

  test("a broken connection ends the load and counts what was lost", () => {
    let count = 0;
    const { report } = produce(() => (count++ > 100 ? "close" : sendReply(0)), {});
    expect(report.messages).toBeGreaterThan(90);
    expect(report.failures).toBeGreaterThan(0);
    expect(report.seconds).toBeLessThan(0.5);
  });
});

test("numbers of one request never cross a multiple of 65,536", () => {
  expect(alignedCounter(0, 512)).toBe(0);
  expect(alignedCounter(65_024, 512)).toBe(65_024);
  expect(alignedCounter(65_025, 512)).toBe(65_536);
  expect(alignedCounter(65_535, 1)).toBe(65_535);
});

test("percentiles are exact to a step of 2 %", () => {
  const latencies = new Latencies();
  expect(latencies.percentileMs(0.99)).toBe(0);
  for (let ms = 1; ms <= 1_000; ms++) {
    latencies.add(ms);
  }
  for (const share of [0.5, 0.9, 0.99, 0.999]) {
    const exact = share * 1_000;
    expect(Math.abs(latencies.percentileMs(share) - exact) / exact).toBeLessThan(0.021);
  }
  expect(latencies.percentileMs(1)).toBe(1_000);
  expect([latencies.count, latencies.maxMs, latencies.meanMs]).toEqual([1_000, 1_000, 500.5]);
});
