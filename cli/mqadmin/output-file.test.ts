/** Names that clients chose never lead out of the folder. */
import { expect, test } from "bun:test";
import { bodyPath, fileName } from "./output-file.ts";

test("ids of clients and messages are names of files as they are", () => {
  for (const id of ["127.0.0.1@one", "10.0.0.7@4242#91", "7F000001000118B4AAC2000000000000"]) {
    expect(fileName(id)).toBe(id);
  }
});

test("a name that would lead elsewhere stays in the folder", () => {
  expect(bodyPath("../../etc/cron.d/x")).toBe("/tmp/rocketmq/msgbodys/.._.._etc_cron.d_x");
  expect(["", ".", "..", "/", "a\0b"].map(fileName)).toEqual(["", "_", "_", "_", "a_b"]);
});
