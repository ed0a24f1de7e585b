/** `mq cluster list` */
import { brokerListCommand } from "./broker-list.ts";

export const command = brokerListCommand("cluster");
