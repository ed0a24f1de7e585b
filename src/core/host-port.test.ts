/** Which texts are addresses, and what stands in them. */
import { expect, test } from "bun:test";
import { readHostPort } from "./host-port.ts";

test("a host with its port, an IPv6 one in brackets", () => {
  expect(readHostPort("ns1:9876")).toEqual({ host: "ns1", port: 9_876 });
  expect(readHostPort("[::1]:9876")).toEqual({ host: "::1", port: 9_876 });
  expect(readHostPort("10.0.0.1:65535")).toEqual({ host: "10.0.0.1", port: 65_535 });
});

test("anything else is none", () => {
  for (const text of [
    "",
    "ns1",
    ":9876",
    "ns1:",
    "ns1:0",
    "ns1:65536",
    "ns1:1e3",
    "ns1: 9",
    "ns1:0x10",
  ]) {
    expect([text, readHostPort(text)]).toEqual([text, undefined]);
  }
});
