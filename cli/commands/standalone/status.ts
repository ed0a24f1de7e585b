/** `mq standalone status`. */
import { statusCommand } from "../server/stopping.ts";

export const command = statusCommand("standalone");
