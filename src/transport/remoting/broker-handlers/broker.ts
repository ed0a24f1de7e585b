/** What a broker says of itself (28). */
import type { BrokerServices } from "../../../broker/services.ts";
import { encodeRuntimeInfo } from "../../../protocol/remoting/bodies/runtime-info.ts";
import { getBrokerRuntimeInfo } from "../../../protocol/remoting/requests/broker.ts";
import { handle } from "../dispatch.ts";

export const brokerInfoHandlers = [
  handle(
    getBrokerRuntimeInfo,
    ({ stats }: BrokerServices) => ({
      fields: {},
      body: encodeRuntimeInfo(stats.runtimeInfo()),
    }),
    { isAdmin: true },
  ),
];
