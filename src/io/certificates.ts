/** X.509 certificates: those that TLS servers present, and those in PEM files. Messages never go this way. */
import type { Address } from "./network.ts";

export interface Certificate {
  /** Distinguished name, its parts in the order of the certificate: `O=Example,CN=broker-a`. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly validFromMs: number;
  readonly validToMs: number;
}

export interface Presented {
  /** The server's own first, then those that vouch for it, as far as it sent them. */
  readonly chain: readonly Certificate[];
  /** Why the authorities do not vouch for it, or why it is not for the name; undefined when they do, or were not given. */
  readonly doubt: string | undefined;
}

export interface CertificatePort {
  /**
   * Shakes hands with a TLS server and leaves. Rejects with NetworkError when it cannot be reached, speaks no TLS or
   * does not finish within the time. Whatever it presents is taken, however bad.
   */
  presentedBy(
    address: Address,
    options: {
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
      /** PEM of the authorities that may vouch for it. */
      readonly authorities?: string | undefined;
      /** The name that it must be for. */
      readonly name?: string | undefined;
    },
  ): Promise<Presented>;
  /** Those of a PEM file, in its order; none when it has none. Throws Error for one that cannot be read. */
  parse(pem: string): Promise<readonly Certificate[]>;
}
