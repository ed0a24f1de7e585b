/** The power cut itself is proved: what was synced stays, what was only written is gone. */
import { describe, expect, test } from "bun:test";
import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FileSystemKind, LoopFileSystem, whyNoPowerCut } from "./loop-file-system.ts";

const reason = whyNoPowerCut();
const kinds: readonly FileSystemKind[] = ["ext4", "xfs"];

describe.skipIf(reason !== undefined)(`power cut (${reason ?? "possible here"})`, () => {
  test.each(kinds)("on %s keeps what was synced and drops what was not", async (kind) => {
    const parent = mkdtempSync(join(tmpdir(), "mq-cut-"));
    const fileSystem = await LoopFileSystem.create(parent, kind, 400e6);
    try {
      const path = join(fileSystem.folder, "log");
      const file = openSync(path, "w");
      writeSync(file, "synced");
      fdatasyncSync(file);
      writeSync(file, " and not synced");
      fileSystem.cut();
      closeSync(file);
      fileSystem.unmount();
      fileSystem.mount();
      expect(readFileSync(path, "latin1")).toBe("synced");
      fileSystem.unmount();
    } finally {
      await fileSystem.destroy();
      rmSync(parent, { recursive: true, force: true });
    }
  });
});
