/** `mq broker list` */
import { brokerListCommand } from "../cluster/broker-list.ts";

export const command = brokerListCommand("broker");
