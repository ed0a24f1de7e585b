/**
 * Everything that the product may know of the machine. On Bun it is made by `io/bun/environment.ts`,
 * under test by `test/simulation/environment.ts`; nothing else reads a clock, a file, a socket or chance.
 */
import type { Clock } from "./clock.ts";
import type { Disk } from "./disk.ts";
import type { Log } from "./log.ts";
import type { Network } from "./network.ts";
import type { Random } from "./random.ts";

export interface Environment {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly network: Network;
  readonly random: Random;
  readonly log: Log;
}
