/** SHA-256 of what is added piece by piece, by Bun's own code: names and checks large files. */
import { CryptoHasher } from "bun";

export class Sha256 {
  readonly #hasher = new CryptoHasher("sha256");

  add(source: Buffer, start: number, end: number): void {
    this.#hasher.update(source.subarray(start, end));
  }

  /** 64 hexadecimal digits. Nothing can be added any more. */
  digest(): string {
    return this.#hasher.digest("hex");
  }
}

export function sha256(source: Buffer): string {
  const hash = new Sha256();
  hash.add(source, 0, source.length);
  return hash.digest();
}
