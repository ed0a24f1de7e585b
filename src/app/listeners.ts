/** Where a process may listen, and what it may answer there (settled 17). */
import { MqError } from "../core/error.ts";
import type { Address } from "../io/network.ts";

export interface ListenRules {
  readonly insecureListen?: boolean | undefined;
  readonly adminOnDataPort?: boolean | undefined;
}

/** Only this machine can reach it. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * Throws MqError `bad_request` for an address beyond loopback: until connections are encrypted and callers known,
 * whoever reaches it may read and write everything. `insecureListen` says that this is wanted.
 */
export function checkListen(address: Address, rules: ListenRules): void {
  if (!isLoopback(address.host) && rules.insecureListen !== true) {
    throw new MqError(
      "bad_request",
      `listening on ${address.host} lets anybody in who reaches it: say --insecure-listen if that is wanted, or listen on 127.0.0.1`,
    );
  }
}

/** Whether requests that only operators should make are answered on a listener. */
export function answersAdmin(address: Address, rules: ListenRules): boolean {
  return isLoopback(address.host) || rules.adminOnDataPort === true;
}

/** The address that routes, records and message ids name. Throws MqError `bad_request` when nobody can reach it. */
export function advertisedAddress(listening: Address, advertise: Address | undefined): Address {
  const chosen = advertise ?? listening;
  const address = {
    host: chosen.host === "localhost" ? "127.0.0.1" : chosen.host,
    port: chosen.port,
  };
  if (address.host === "0.0.0.0" || address.host === "::" || address.host === "") {
    throw new MqError(
      "bad_request",
      `clients cannot be sent to ${address.host}: say --advertise HOST:PORT`,
    );
  }
  return address.port === 0 ? { host: address.host, port: listening.port } : address;
}
