/** A real RocketMQ, one nameserver and one master, as the peer harness starts it, on an empty store. */
import { startRocketmq } from "../peer/rocketmq.ts";
import type { Contender, RunningContender } from "./contender.ts";
import type { Durability } from "./options.ts";
import { readStartMs, readUptimeMs } from "./process-usage.ts";
import { firstAcknowledgedSend } from "./wire-probe.ts";

const flushTypes = { async: "ASYNC_FLUSH", sync: "SYNC_FLUSH" } as const;
const pollMs = 2;
const startTimeoutMs = 60_000;

export function rocketmqContender(options: {
  readonly version: string;
  readonly home: string;
  readonly durability: Durability;
}): Contender {
  const flush = flushTypes[options.durability];
  const start = async (): Promise<RunningContender> => {
    const peer = await startRocketmq({ version: options.version, home: options.home, flush });
    const brokerPort = Number(peer.broker.slice(peer.broker.lastIndexOf(":") + 1));
    await firstAcknowledgedSend({
      port: brokerPort,
      pollMs,
      timeoutMs: startTimeoutMs,
      isAlive: () => true,
    });
    // Counted from the exec of the broker alone: the nameserver that it needs was started before.
    const startMs = readUptimeMs() - readStartMs(peer.pids.broker);
    return {
      nameserver: peer.nameserver,
      brokerPort,
      brokerPids: [peer.pids.broker],
      allPids: [peer.pids.broker, peer.pids.nameserver],
      storeFolder: peer.storeFolder,
      startMs,
      stop: () => peer.stop(),
    };
  };
  return { name: options.version, durability: options.durability, setting: flush, start };
}
