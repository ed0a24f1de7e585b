/** Addresses as people and RocketMQ write them: `10.0.3.5:9876`, `broker-a.example:10911`, `[::1]:9876`. */

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const portMax = 65_535;

/** Undefined for what is none: a port of 1 to 65535 must stand behind the last colon. */
export function readHostPort(text: string): HostPort | undefined {
  const at = text.lastIndexOf(":");
  const digits = text.slice(at + 1);
  const port = Number(digits);
  if (at <= 0 || !/^\d{1,5}$/.test(digits) || port < 1 || port > portMax) {
    return undefined;
  }
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ""), port };
}
