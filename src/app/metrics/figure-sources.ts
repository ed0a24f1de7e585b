/** What a figure is read from: the broker of the process, or each of its listening servers. */
import type { ServerStats } from "../server-stats.ts";
import type { Figure, Reading } from "./figure.ts";
import type { BrokerSnapshot, Snapshot } from "./snapshot.ts";

/** A figure that is there while a broker runs. */
export function ofBroker({ read, ...figure }: Figure<BrokerSnapshot>): Figure<Snapshot> {
  return { ...figure, read: ({ broker }) => (broker === undefined ? undefined : read(broker)) };
}

/** A figure of each listening server, told apart by `server`. */
export function ofServers(
  figure: Omit<Figure<Snapshot>, "read"> & { readonly read: (stats: ServerStats) => number },
): Figure<Snapshot> {
  return {
    ...figure,
    read: ({ broker, nameserver }) => {
      const readings: Reading[] = [];
      if (broker !== undefined) {
        readings.push({ value: figure.read(broker.stats), attributes: { server: "broker" } });
      }
      if (nameserver !== undefined) {
        readings.push({ value: figure.read(nameserver), attributes: { server: "nameserver" } });
      }
      return readings;
    },
  };
}
