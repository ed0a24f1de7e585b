/** The real machine as an `Environment`. */
import type { Environment } from "../environment.ts";
import { createBunClock } from "./clock.ts";
import { createBunDisk } from "./disk.ts";
import { createBunLog, type LogOptions } from "./log.ts";
import { createBunRandom } from "./random.ts";
import { createBunNetwork } from "./tcp.ts";

/** Makes the environment of this process; make one only. */
export function createBunEnvironment(log: LogOptions): Environment {
  return {
    clock: createBunClock(),
    disk: createBunDisk(),
    network: createBunNetwork(),
    random: createBunRandom(),
    log: createBunLog(log),
  };
}
