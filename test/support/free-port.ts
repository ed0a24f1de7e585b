/** Ports for servers that are killed and started again under the same address. */
import { createServer } from "node:net";

/**
 * Below those that a kernel lends to outgoing connections (32768 and above on Linux, 49152 on macOS and Windows): such a
 * connection may take a port while its server is down. RocketMQ's own ports and the peers' of the tests lie elsewhere.
 */
const first = 12_000;
const count = 6_000;
const triesMax = 200;
const given = new Set<number>();

/** A port of loopback that nobody listens on, and that this process was not given before. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries++) {
    const port = first + Math.floor(Math.random() * count);
    if (!given.has(port)) {
      given.add(port);
      if (await isFree(port)) {
        return port;
      }
    }
  }
  throw new Error(`no free port between ${first} and ${first + count}`);
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
