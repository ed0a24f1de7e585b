/** The server under test: mq as it is built, or a real RocketMQ. Both can be killed and started again. */
import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { startRocketmq } from "../../scripts/peer/rocketmq.ts";
import { routeIsKnown } from "../../scripts/peer/route-probe.ts";
import { type ServerProcess, startServer } from "../../scripts/peer/server-process.ts";
import { freePort } from "../support/free-port.ts";

export interface Target {
  readonly nameserver: string;
  readonly broker: string;
  /** SIGKILL of the broker, and a start over the same store; resolves when clients are sent to it again. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

export interface TargetOptions {
  readonly executable: string;
  readonly folder: string;
  readonly flush: "sync" | "async";
}

/** Every broker that makes topics publishes this template. */
const templateTopic = "TBW102";
const readyTimeoutMs = 30_000;
const stopGraceMs = 20_000;
const offsetFlushMs = 200;
const offsetFileTimeoutMs = 30_000;

export const peerVersion = "5.5.0";

/**
 * Short, so that what is delayed and given again comes within seconds; the programs know the first four. The first
 * retry has level 3. Python's client cannot limit its retries: the long rest lets it try 16 times.
 */
const delayLevels = ["1s", "2s", "3s", "4s", ...Array.from({ length: 14 }, () => "1s")].join(" ");

export async function startMq(options: TargetOptions): Promise<Target> {
  if (!existsSync(options.executable)) {
    throw new Error("dist/mq is not built: run `make build`");
  }
  const store = join(options.folder, "store");
  rmSync(options.folder, { recursive: true, force: true });
  mkdirSync(store, { recursive: true });
  const nameserverPort = await freePort();
  const brokerPort = await freePort();
  const nameserver = `127.0.0.1:${nameserverPort}`;
  const start = async (): Promise<ServerProcess> => {
    const server = await startServer({
      name: "mq",
      command: [
        ...[options.executable, "standalone", "start", "--store", store],
        ...["--listen", `127.0.0.1:${brokerPort}`, "--nameserver-listen", nameserver],
        ...["--flush", options.flush, "--set", `messageDelayLevel=${delayLevels}`],
      ],
      folder: options.folder,
      outputPath: join(options.folder, "mq.log"),
      ports: [nameserverPort, brokerPort],
      readyTimeoutMs,
    });
    await routeIsKnown(nameserver, templateTopic);
    return server;
  };
  let server = await start();
  return {
    nameserver,
    broker: `127.0.0.1:${brokerPort}`,
    killAndRestart: async () => {
      await server.end("SIGKILL", 0);
      server = await start();
    },
    stop: () => server.end("SIGTERM", stopGraceMs),
  };
}

export async function startPeer(): Promise<Target> {
  const peer = await startRocketmq({
    version: peerVersion,
    flush: "ASYNC_FLUSH",
    heap: "-Xms256m -Xmx1g",
    lenient: true,
    configuration: [
      `flushConsumerOffsetInterval=${offsetFlushMs}`,
      `messageDelayLevel=${delayLevels}`,
    ],
  });
  await peer.registered();
  const offsetsPath = join(peer.storeFolder, "config/consumerOffset.json");
  return {
    nameserver: peer.nameserver,
    broker: peer.broker,
    killAndRestart: async () => {
      // It keeps offsets in memory and writes them now and then: an answer does not say that they are kept.
      await isWrittenAfter(offsetsPath, Date.now());
      await peer.kill();
      await peer.restart();
      await peer.registered();
    },
    stop: async () => {
      // Its orderly stop takes up to half a minute, and nobody reads its store any more.
      await peer.kill();
      await peer.stop();
    },
  };
}

async function isWrittenAfter(path: string, timeMs: number): Promise<void> {
  const giveUpAt = timeMs + offsetFileTimeoutMs;
  while (!existsSync(path) || statSync(path).mtimeMs <= timeMs) {
    if (Date.now() > giveUpAt) {
      throw new Error(`${path} is not written`);
    }
    await new Promise((resolve) => setTimeout(resolve, offsetFlushMs / 4));
  }
}
