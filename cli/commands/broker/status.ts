/** `mq broker status`. */
import { statusCommand } from "../server/stopping.ts";

export const command = statusCommand("broker");
