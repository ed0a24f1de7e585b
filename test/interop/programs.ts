/** The program of each client, built for this machine: what comes from registries is fetched once and kept. */
import { buildGoProgram } from "./go-program.ts";
import { buildJavaProgram } from "./java-program.ts";
import { buildNodeProgram } from "./node-program.ts";
import type { ClientProgram } from "./program.ts";
import { buildPythonProgram } from "./python-program.ts";
import type { Variant } from "./variant.ts";

export function buildProgram(variant: Variant, cacheFolder: string): Promise<ClientProgram> {
  switch (variant.language) {
    case "java":
      return buildJavaProgram(variant, cacheFolder);
    case "go":
      return buildGoProgram(variant.version, cacheFolder);
    case "node":
      return buildNodeProgram(variant.version, cacheFolder);
    case "python":
      return buildPythonProgram(variant.version, cacheFolder);
  }
}
