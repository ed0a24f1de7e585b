/**
 * Assertions about what our own code promised. They stay on in production: a broker in doubt stops,
 * and recovery, which the crash loop proves, takes it from there. Input from outside is never asserted.
 */

/** A promise of our own code that did not hold. Nobody catches it but the process's entry point. */
export class BrokenInvariant extends Error {
  override readonly name = "BrokenInvariant";
}

/** Crashes the process unless the rule holds; the message states the rule. */
export function assert(holds: boolean, rule: string): asserts holds {
  if (!holds) {
    throw new BrokenInvariant(rule);
  }
}
