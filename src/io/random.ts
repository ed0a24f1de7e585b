/** Chance, as the product sees it. */

export interface Random {
  /** Uniform in [0, bound); bound is a positive integer up to 2^32. */
  below(bound: number): number;
  /** `bytes` random bytes as lower-case hexadecimal. */
  hex(bytes: number): string;
}
