/** Reducing what mqadmin printed to what must be the same everywhere. */
import { expect, test } from "bun:test";
import { adminLines } from "./admin-output.ts";

const names = { nameserver: "127.0.0.1:9876", broker: "127.0.0.1:10911", prefix: "a55" };

test("addresses, times, ids and rates are masked, names and counts are not", () => {
  const text =
    "a55-t   broker-a  0   5   2026-11-23 03:47:20,354   7F00000100007CA70000000000000506  0.44\n\n" +
    "one@x  127.0.0.1:54748  at 127.0.0.1:10911 of 127.0.0.1:9876;  V5_5_0  1795405641279\n";
  expect(adminLines(text, names)).toEqual([
    "P-t broker-a 0 5 TIME ID DECIMAL",
    "one@x ADDRESS at BROKER of NAMESERVER; VERSION MS",
  ]);
});

test("of an error its kind and code are left, not its stack and words", () => {
  const text =
    "org.x.SubCommandException: Y command failed\n\tat org.x.A.b(A.java:1)\n" +
    "Caused by: org.x.MQClientException: CODE: 17  DESC: No topic\nFor more information, please visit the url, u\n\t... 4 more\n";
  expect(adminLines(text, names)).toEqual([
    "org.x.SubCommandException: Y command failed",
    "Caused by: org.x.MQClientException: CODE: 17",
  ]);
});
