/** A host as records and message ids carry it: 4 or 16 address bytes, then the port as four bytes. */

/** Encodes `host:port`; a host name that is no address becomes 0.0.0.0, since a record holds addresses only. */
export function encodeHost(host: string, port: number): Buffer {
  const address = host.includes(":") ? ipv6Bytes(host) : ipv4Bytes(host);
  const target = Buffer.alloc(address.length + 4);
  target.set(address);
  target.writeInt32BE(port, address.length);
  return target;
}

function ipv4Bytes(host: string): Uint8Array {
  const parts = host.split(".").map(Number);
  const isAddress =
    parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
  return Uint8Array.from(isAddress ? parts : [0, 0, 0, 0]);
}

function ipv6Bytes(host: string): Uint8Array {
  const [head = "", tail] = host.split("%")[0]?.split("::") ?? [];
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  const groups = [...left, ...middle, ...right].slice(0, 8);
  const bytes = new Uint8Array(16);
  groups.forEach((group, index) => {
    const value = Number.parseInt(group, 16) || 0;
    bytes[index * 2] = value >>> 8;
    bytes[index * 2 + 1] = value;
  });
  return bytes;
}
