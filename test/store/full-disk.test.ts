/**
 * A full device: sends are refused before an offset is assigned, reads and state commits go on, and nothing but free
 * space is needed to go on. On a small file system of its own, which only root can mount.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { closeSync, ftruncateSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { limits } from "../../src/core/limits.ts";
import type { MessageStore, QueueHandle, RecordDraft } from "../../src/store/message-store.ts";
import { appendAll, recordDraft } from "../support/builders.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { close, closeAll, machine, openAt, readAll } from "./opened-stores.ts";

afterEach(closeAll);

const mebi = 1 << 20;
const deviceBytes = 64 * mebi;

function run(...command: string[]): boolean {
  return Bun.spawnSync(command, { stdout: "ignore", stderr: "ignore" }).success;
}

/** Mounts an empty file system; undefined where that is not allowed. */
function mount(kind: "ext4" | "tmpfs"): string | undefined {
  const folder = tempFolder();
  if (kind === "tmpfs") {
    return run("mount", "-t", "tmpfs", "-o", `size=${deviceBytes}`, "tmpfs", folder)
      ? folder
      : undefined;
  }
  const image = join(tempFolder(), "image");
  const file = openSync(image, "w");
  ftruncateSync(file, deviceBytes);
  closeSync(file);
  const isThere =
    run("mkfs.ext4", "-q", "-F", "-m", "0", image) && run("mount", "-o", "loop", image, folder);
  return isThere ? folder : undefined;
}

/** Takes all space that is left, but for some bytes. */
function takeSpace(path: string, butBytes: number): void {
  const file = openSync(path, "a");
  const block = Buffer.alloc(4_096, 1);
  try {
    for (;;) {
      const { bavail, bsize } = statfsSync(path);
      if (bavail * bsize <= butBytes) {
        return;
      }
      writeSync(file, block);
    }
  } catch (error) {
    expect(String(error)).toContain("ENOSPC");
  } finally {
    closeSync(file);
  }
}

/** A record that needs more than what is left of the space reserved ahead. */
function large(queue: QueueHandle): RecordDraft {
  return recordDraft(queue, { body: Buffer.alloc(mebi) });
}

/** Sends until it is refused; how many were taken. */
async function sendUntilRefused(store: MessageStore, bytes: number): Promise<number> {
  const queue = store.queue("orders", 0);
  const first = queue.maxOffset;
  const draft = recordDraft(queue, { body: Buffer.alloc(bytes, 0x2e) });
  for (let count = 0; count < deviceBytes / bytes; count++) {
    try {
      const { endOffset, queueOffset } = store.append(draft);
      expect(queueOffset).toBe(first + count);
      await store.whenAcknowledged(endOffset);
    } catch (error) {
      expect(String(error)).toContain("the disk is full");
      return count;
    }
  }
  throw new Error("the disk never was full");
}

for (const kind of ["ext4", "tmpfs"] as const) {
  const folder = mount(kind);
  if (folder === undefined) {
    console.warn(`SKIPPED: a full disk (${kind}): no file system can be mounted here`);
  }
  describe.skipIf(folder === undefined)(`a full disk (${kind})`, () => {
    const root = folder ?? "";
    const filler = join(root, "filler");
    let nowMs = 0;
    // Time in which a full disk is asked again passes when the test says so.
    const clock = { ...machine.clock, elapsedMs: () => nowMs };
    const environment = { ...machine, clock };

    beforeAll(() => {
      nowMs = 1;
    });

    afterEach(() => {
      rmSync(filler, { force: true });
      rmSync(join(root, "store"), { recursive: true, force: true });
    });

    afterAll(() => {
      run("umount", root);
    });

    // Large segments, and small ones whose end is always near.
    for (const segmentBytes of [32 * mebi, 2 * mebi]) {
      test(`refuses sends, takes state, serves reads, and goes on (segments of ${segmentBytes} bytes)`, async () => {
        const store = await openAt(join(root, "store"), { segmentBytes, environment });
        const queue = store.queue("orders", 0);
        await appendAll(store, queue, ["first"]);
        takeSpace(filler, 6 * mebi);
        await sendUntilRefused(store, 100_000);
        const taken = queue.maxOffset;
        takeSpace(filler, 0);
        expect(store.health()).toMatchObject({ isWritable: false });
        for (let round = 0; round < 20; round++) {
          nowMs += limits.fullDiskRetryMs;
          expect(() => store.append(large(queue))).toThrow("the disk is full");
          store.state.put("offset", "orders@billing", { "0": round });
          await store.state.commit();
          expect((await readAll(store, queue)).length).toBe(taken);
        }
        rmSync(filler);
        nowMs += limits.fullDiskRetryMs;
        await appendAll(store, queue, ["after"]);
        expect(queue.maxOffset).toBe(taken + 1);
        await close(store);
        const again = await openAt(join(root, "store"), { environment });
        expect((await readAll(again, again.queue("orders", 0))).at(-1)).toBe(`${taken} after`);
        expect(again.state.rows("offset").get("orders@billing")).toEqual({ "0": 19 });
      });
    }

    test("closes on a full disk, and starts again on it: reads and state commits go on", async () => {
      const first = await openAt(join(root, "store"), { environment });
      await appendAll(first, first.queue("orders", 0), ["first"]);
      takeSpace(filler, 6 * mebi);
      await sendUntilRefused(first, 100_000);
      takeSpace(filler, 0);
      const taken = first.queue("orders", 0).maxOffset;
      await close(first);
      const second = await openAt(join(root, "store"), { environment });
      const queue = second.queue("orders", 0);
      expect((await readAll(second, queue)).length).toBe(taken);
      expect(() => second.append(large(queue))).toThrow("the disk is full");
      second.state.put("offset", "orders@billing", { "0": 1 });
      await second.state.commit();
      rmSync(filler);
      nowMs += limits.fullDiskRetryMs;
      await appendAll(second, queue, ["after"]);
      expect(queue.maxOffset).toBe(taken + 1);
    });
  });
}
