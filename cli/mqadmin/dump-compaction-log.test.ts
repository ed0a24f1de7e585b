/** `mqadmin dumpCompactionLog`: records of a real broker in a file; files that are torn or none. */
import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runMq } from "../../test/support/mq-command.ts";
import { tempFolder } from "../../test/support/temp-folder.ts";

const records = readFileSync("test/fixtures/records/5.5.0.bin");
const folder = tempFolder();

async function dump(name: string, bytes: Buffer): Promise<Awaited<ReturnType<typeof runMq>>> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return await runMq(["mqadmin", "dumpCompactionLog", "-f", path]);
}

describe("dumpCompactionLog", () => {
  test("shows each record up to the zeros behind the last", async () => {
    const { exitCode, stdout } = await dump("whole", Buffer.concat([records, Buffer.alloc(4096)]));
    const lines = stdout.trimEnd().split("\n");
    expect([exitCode, lines.length]).toEqual([0, countRecords()]);
    expect(lines[0]).toStartWith(
      "MessageExt [brokerName=null, queueId=0, storeSize=525, queueOffset=0, sysFlag=0, " +
        "bornTimestamp=1795381157712, bornHost=/127.0.0.1:",
    );
    expect(lines[0]).toContain("msgId=7F00000100002A9F0000000000000000, commitLogOffset=0, ");
    expect(lines[0]).toContain("topic='FxNormal'");
    expect(lines[0]).toEndWith(", body=null, transactionId='null'}]");
  });

  test("a torn record ends it with its place; what stood before is shown", async () => {
    const { exitCode, stdout, stderr } = await dump("torn", records.subarray(0, 600));
    expect([exitCode, stdout.split("\n").length]).toEqual([8, 2]);
    expect(stderr).toContain("no record at byte 525: its size would be 2149");
  });

  test("what is no such file is refused", async () => {
    const { exitCode, stderr } = await dump("text", Buffer.from("this is a text of somebody"));
    expect(exitCode).toBe(8);
    expect(stderr).toContain("no record at byte 0");
    const missing = await runMq(["mqadmin", "dumpCompactionLog", "-f", join(folder, "nobody")]);
    expect([missing.exitCode, missing.stdout]).toEqual([3, ""]);
    const folderAsked = await runMq(["mqadmin", "dumpCompactionLog", "-f", folder]);
    expect([folderAsked.exitCode, folderAsked.stdout]).toEqual([1, ""]);
  });
});

/** By their sizes, as RocketMQ wrote them. */
function countRecords(): number {
  let count = 0;
  for (let at = 0; at < records.length; at += records.readInt32BE(at)) {
    count++;
  }
  return count;
}
