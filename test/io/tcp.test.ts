/** TCP on Bun, where Bun surprises. */
import { expect, test } from "bun:test";
import { createBunNetwork } from "../../src/io/bun/tcp.ts";

const resetter = `
  const port = Number(process.argv[1]);
  for (let index = 0; index < 50; index++) {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
    socket.terminate();
  }
`;

test("connections that are reset before they were reported open do not hurt the listener", async () => {
  const network = createBunNetwork();
  const accepted: number[] = [];
  const listener = network.listen({ host: "127.0.0.1", port: 0 }, (connection) => {
    accepted.push(connection.remotePort);
    return { data: () => undefined, drain: () => undefined, close: () => undefined };
  });
  // The other process connects and resets while this one runs no callback: spawnSync blocks it.
  const other = Bun.spawnSync([process.execPath, "-e", resetter, String(listener.port)]);
  expect(other.exitCode).toBe(0);
  const connection = await network.connect(
    { host: "127.0.0.1", port: listener.port },
    { timeoutMs: 5_000 },
    { data: () => undefined, drain: () => undefined, close: () => undefined },
  );
  expect(connection.remotePort).toBe(listener.port);
  connection.close();
  listener.close();
});
