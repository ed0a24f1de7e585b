/** Which addresses can be given to clients. */
import { expect, test } from "bun:test";
import { kindOfHost } from "./advertised-address.ts";

test("hosts that lead nobody else to a broker are told from those that may", () => {
  const kinds = {
    "172.17.0.5": "container",
    "172.31.255.1": "container",
    "10.88.0.3": "container",
    "10.244.1.9": "container",
    "100.64.0.1": "container",
    "127.0.0.1": "loopback",
    localhost: "loopback",
    "0.0.0.0": "unspecified",
    "172.16.0.1": "private",
    "10.0.3.7": "private",
    "192.168.1.20": "private",
    "172.32.0.1": "other",
    "100.128.0.1": "other",
    "mq.example.com": "other",
  } as const;
  expect(Object.keys(kinds).map((host) => [host, kindOfHost(host).is])).toEqual(
    Object.entries(kinds),
  );
});
