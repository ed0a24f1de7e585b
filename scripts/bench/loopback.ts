/**
 * How fast two processes of this machine answer each other over loopback. Run by itself, this file is the far
 * end: it prints its port, then returns every byte until it is ended.
 */
import type { Children } from "./children.ts";

const pingBytes = 128;

/** Round trips of 128 bytes, one at a time, for the given time. */
export async function measureRoundTrips(
  children: Children,
  durationMs: number,
): Promise<{ perSecond: number; p50Us: number }> {
  const listening = Promise.withResolvers<number>();
  const echo = children.start([process.execPath, import.meta.path], {
    onOutputLine: (line) => listening.resolve(Number(line)),
  });
  const port = await listening.promise;
  const { promise, resolve, reject } = Promise.withResolvers<number[]>();
  const times: number[] = [];
  const ping = Buffer.alloc(pingBytes, 7);
  const startedMs = performance.now();
  let sentMs = startedMs;
  let received = 0;
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(connection, chunk) {
        received += chunk.length;
        if (received < pingBytes) {
          return;
        }
        received = 0;
        const nowMs = performance.now();
        times.push((nowMs - sentMs) * 1000);
        if (nowMs - startedMs >= durationMs) {
          resolve(times);
          return;
        }
        sentMs = nowMs;
        connection.write(ping);
      },
      close() {
        reject(new Error("the echo process ended early"));
      },
    },
  });
  sentMs = performance.now();
  socket.write(ping);
  const measured = await promise;
  const seconds = (performance.now() - startedMs) / 1000;
  socket.end();
  await echo.stop();
  return { perSecond: measured.length / seconds, p50Us: median(measured) };
}

export function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1] ?? Number.NaN;
}

function serveEcho(): void {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(connection, chunk) {
        connection.write(chunk);
      },
    },
  });
  process.stdout.write(`${listener.port}\n`);
}

if (import.meta.main) {
  serveEcho();
}
