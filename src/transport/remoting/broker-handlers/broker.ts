/** What a broker says of itself (28). */
import type { BrokerServices } from "../../../broker/services.ts";
import { encodeTextTable } from "../../../protocol/remoting/bodies/text-table.ts";
import { getBrokerRuntimeInfo } from "../../../protocol/remoting/requests/broker.ts";
import { handle } from "../dispatch.ts";

export const brokerInfoHandlers = [
  handle(
    getBrokerRuntimeInfo,
    ({ stats }: BrokerServices) => ({
      fields: {},
      body: encodeTextTable(stats.runtimeInfo()),
    }),
    { isAdmin: true },
  ),
];
