/** Chance on Bun: the operating system's generator. */
import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "../random.ts";

/** Makes the process's source of chance. */
export function createBunRandom(): Random {
  return {
    below: (bound) => randomInt(bound),
    hex: (bytes) => randomBytes(bytes).toString("hex"),
  };
}
