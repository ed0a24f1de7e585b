/** `mq standalone stop`. */
import { stopCommand } from "../server/stopping.ts";

export const command = stopCommand("standalone");
