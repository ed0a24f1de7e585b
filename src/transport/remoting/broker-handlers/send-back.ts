/** Messages that consumers give back (36). */
import type { BrokerServices } from "../../../broker/services.ts";
import { sendMessageBack } from "../../../protocol/remoting/requests/send-back.ts";
import { handle } from "../dispatch.ts";

export const sendBackHandlers = [
  handle(sendMessageBack, async ({ sendBack }: BrokerServices, header) => {
    await sendBack.sendBack({
      group: header.group,
      physicalOffset: header.offset,
      delayLevel: header.delayLevel,
      reconsumeTimesMax: header.maxReconsumeTimes,
    });
    return { fields: {} };
  }),
];
