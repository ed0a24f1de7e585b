/** A profile as the commands show it. */
import type { Zod } from "../../flag.ts";
import type { Config, Profile } from "../../profile/config-file.ts";
import type { Column } from "../../render/listing.ts";

export const profileSchema = (z: Zod) =>
  z.object({
    name: z.string(),
    current: z.boolean(),
    nameserver: z.string().nullable(),
    protected: z.boolean(),
    color: z.string().nullable(),
    output: z.string().nullable(),
    timeout: z.string().nullable(),
    rewrite: z.record(z.string(), z.string()),
  });

export const profileColumns: readonly Column[] = [
  { key: "name", head: "NAME" },
  { key: "current", head: "CURRENT", show: yesOrNothing },
  { key: "nameserver", head: "NAMESERVER", show: textOrDash },
  { key: "protected", head: "PROTECTED", show: yesOrNothing },
  { key: "color", head: "COLOR", isWide: true, show: textOrDash },
  { key: "output", head: "OUTPUT", isWide: true, show: textOrDash },
  { key: "timeout", head: "TIMEOUT", isWide: true, show: textOrDash },
  { key: "rewrite", head: "REWRITE", isWide: true, show: rewriteText },
];

export function profileItem(config: Config, name: string, profile: Profile) {
  return {
    name,
    current: config.current === name,
    nameserver: profile.nameserver ?? null,
    protected: profile.protected === true,
    color: profile.color ?? null,
    output: profile.output ?? null,
    timeout: profile.timeout ?? null,
    rewrite: profile.rewrite ?? {},
  };
}

function yesOrNothing(value: unknown): string {
  return value === true ? "yes" : "";
}

function textOrDash(value: unknown): string {
  return typeof value === "string" ? value : "-";
}

function rewriteText(value: unknown): string {
  return Object.entries(value ?? {})
    .map(([from, to]) => `${from} → ${to}`)
    .join(", ");
}
