/** What only RocketMQ's brokers answer: what they are asked and what is printed, held against what both were seen to do. */
import { expect, test } from "bun:test";
import type { Command } from "../../src/protocol/remoting/command.ts";
import type { FakeReply } from "../../test/support/fake-cluster.ts";
import { ran } from "../../test/support/mqadmin-run.ts";

const done: FakeReply = {};

async function seen(
  ...question: Parameters<typeof ran>
): Promise<Pick<Awaited<ReturnType<typeof ran>>, "text" | "asked">> {
  const { text, asked } = await ran(...question);
  return { text, asked };
}

test("a group's way of asking is set", async () => {
  expect(await seen("setConsumeMode -b $B -t t -g g -m POP -q 3", () => done)).toEqual({
    text: "set consume mode to $B success.\ntopic[t] group[g] consume mode[POP] popShareQueueNum[3]",
    asked: [[401, {}, '{"consumerGroup":"g","mode":"POP","popShareQueueNum":3,"topic":"t"}']],
  });
});

test("who reads old messages is shown, with times as people read them", async () => {
  const flow = {
    runtimeTable: {
      g: {
        coldAcc: 4096,
        createTimeMills: 1_700_000_000_000,
        lastColdReadTimeMills: 1_700_000_001_000,
      },
    },
    configTable: { "7": 1000 },
    cgColdReadThreshold: 3_145_728,
    globalColdReadThreshold: 104_857_600,
    globalAcc: 0,
  };
  const { text, asked } = await ran("getColdDataFlowCtrInfo -c c", () => ({
    body: Buffer.from(JSON.stringify(flow)),
  }));
  expect(asked).toEqual([[2003, {}, ""]]);
  expect(text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "#")).toBe(
    [
      " ============Master: $B============",
      "{",
      '\t"runtimeTable":{',
      '\t\t"g":{',
      '\t\t\t"coldAcc":4096,',
      '\t\t\t"lastColdReadTimeFormat":"#",',
      '\t\t\t"createTimeFormat":"#"',
      "\t\t}",
      "\t},",
      '\t"configTable":{',
      '\t\t"7":1000',
      "\t},",
      '\t"cgColdReadThreshold":3145728,',
      '\t"globalColdReadThreshold":104857600,',
      '\t"globalAcc":0',
      "}",
      "",
    ].join("\n"),
  );
  expect((await ran("getColdDataFlowCtrInfo -b $B", () => done)).text).toBe(
    " ============$B============\nBroker[$B] has no cold ctr table !\n",
  );
});

test("thresholds for old messages are set and removed", async () => {
  expect(await seen("updateColdDataFlowCtrGroupConfig -c c -g g -v 1000", () => done)).toEqual({
    text: "updateColdDataFlowCtrGroupConfig success, $B\n",
    asked: [[2001, {}, "g=1000"]],
  });
  expect(await seen("removeColdDataFlowCtrGroupConfig -b $B -g g", () => done)).toEqual({
    text: "remove broker cold read threshold success, $B\n",
    asked: [[2002, {}, "g"]],
  });
  // A line of settings has nothing else to tell names and values apart.
  await expect(
    ran("updateColdDataFlowCtrGroupConfig -b $B -g a=b -v 1", () => done),
  ).rejects.toThrow("'a=b' is no name of a group");
});

test("how the store works below is set", async () => {
  const remark = "set commitlog readahead mode success, mode: 1";
  expect(await seen("setCommitLogReadAheadMode -b $B -m 1", () => ({ remark }))).toEqual({
    text: ` ============$B============\ncommitLog set readAhead mode rstStr${remark}\n`,
    asked: [[2004, { READ_AHEAD_MODE: "1" }, ""]],
  });
  expect(await seen("resetMasterFlushOffset -b $B -o 100", () => done)).toEqual({
    text: "reset master flush offset to 100 success\n",
    asked: [[908, { masterFlushOffset: "100" }, ""]],
  });
  expect(await seen("switchTimerEngine -c c -e R", () => done)).toEqual({
    text: "switchTimerEngine to ROCKSDB_TIMELINE success, $B\n",
    asked: [[5001, { E_T: "R" }, ""]],
  });
});

test("records of popped messages are exported, unless it is only said", async () => {
  const settings = ({ code }: Command): FakeReply =>
    code === 26 ? { body: Buffer.from("brokerName=broker-a\n") } : done;
  const line = "Export broker records, brokerName=broker-a, brokerAddr=$B, dryRun=";
  const { text, asked } = await ran("exportPopRecord -b $B", settings);
  expect([text, asked.map(([code]) => code)]).toEqual([`${line}false\n`, [26, 200_056]]);
  const dry = await ran("exportPopRecord -c c -d true", settings);
  expect([dry.text, dry.asked]).toEqual([`${line}true\n`, []]);
});

test("what a broker has in RocksDB is exported and compared by the broker", async () => {
  expect(await seen("rocksDBConfigToJson -c c", () => done)).toEqual({
    text: "Use [rpc mode] call all brokers in cluster to export to json file \nbroker export done.",
    asked: [[355, { configType: "topics;subscriptionGroups;consumerOffsets;" }, ""]],
  });
  const began = { body: Buffer.from('{"checkStatus":2}') };
  expect(await seen("checkRocksdbCqWriteProgress -c c -t t -cf 5", () => began)).toEqual({
    text: "broker-a check doing, please wait and get the result from log... \n",
    asked: [[354, { topic: "t", checkStoreTime: "5" }, ""]],
  });
  const failed = { body: Buffer.from('{"checkStatus":3,"checkResult":"no RocksDB"}') };
  await expect(ran("checkRocksdbCqWriteProgress -c c", () => failed)).rejects.toThrow(
    "the check failed",
  );
});

test("a broker's own words of refusal stay", async () => {
  const refusal = { code: 1, remark: "timerRocksDBEnable must be configured true" };
  await expect(ran("switchTimerEngine -b $B -e R", () => refusal)).rejects.toThrow(
    "timerRocksDBEnable",
  );
});
