/** Chance on Bun: the operating system's generator, through Web Crypto, which needs no module to be loaded. */
import type { Random } from "../random.ts";

const wordValues = 0x1_0000_0000;

/** Makes the process's source of chance. */
export function createBunRandom(): Random {
  const word = new Uint32Array(1);
  const next = (): number => {
    crypto.getRandomValues(word);
    return word[0] as number;
  };
  return {
    below(bound) {
      // Values above the last whole multiple would make small results likelier.
      const end = wordValues - (wordValues % bound);
      let value = next();
      while (value >= end) {
        value = next();
      }
      return value % bound;
    },
    hex: (bytes) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex"),
  };
}
