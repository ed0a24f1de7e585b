/** The commands of `mq config`. */
import { type CommandEntry, commandEntry as entry } from "../../command.ts";

export const configCommands: readonly CommandEntry[] = [
  entry("config show", "show the configuration", () => import("./show.ts")),
  entry("config explain", "tell where each setting comes from", () => import("./explain.ts")),
  entry("config set", "set what holds for every command", () => import("./set.ts")),
  entry(
    "config trust",
    "let the settings of this folder's .mq.toml count",
    () => import("./trust.ts"),
  ),
  entry("config edit", "change the configuration in an editor", () => import("./edit.ts")),
  entry("config path", "print where the configuration lies", () => import("./path.ts")),
  entry("config validate", "check the configuration", () => import("./validate.ts")),
];
