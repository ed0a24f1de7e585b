/**
 * Fetches published jars with Maven: one folder holds an artefact set and all that it needs at run time.
 * A folder is complete or absent, because it is filled under another name and renamed.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Artefact {
  readonly group: string;
  readonly name: string;
  readonly version: string;
}

const attempts = 3;
const attemptTimeoutMs = 300_000;

/** Fills `folder` with the jars unless it is there already. */
export async function fetchJars(artefacts: readonly Artefact[], folder: string): Promise<void> {
  if (existsSync(folder)) {
    return;
  }
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, "fetch-"));
  try {
    writeFileSync(join(work, "pom.xml"), projectOf(artefacts));
    await copyDependencies(work);
    if (!existsSync(folder)) {
      renameSync(join(work, "jars"), folder);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A registry that is busy for a moment is no reason to fail: Maven goes on where it stopped. */
async function copyDependencies(work: string): Promise<void> {
  const words = ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=jars"];
  let said = "";
  for (let attempt = 0; attempt < attempts; attempt++) {
    const result = await runMaven([...words, "-DincludeScope=runtime"], work);
    if (result.code === 0) {
      return;
    }
    said = result.output;
  }
  throw new Error(`Maven could not resolve the jars:\n${said.slice(-4_000)}`);
}

function runMaven(
  words: readonly string[],
  folder: string,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const maven = spawn("mvn", words, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: attemptTimeoutMs,
    });
    let output = "";
    const keep = (chunk: Buffer) => {
      output += chunk.toString("utf8");
    };
    maven.stdout.on("data", keep);
    maven.stderr.on("data", keep);
    maven.once("error", (error) => reject(new Error(`mvn does not run: ${error.message}`)));
    maven.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

function projectOf(artefacts: readonly Artefact[]): string {
  const dependencies = artefacts.map(
    ({ group, name, version }) =>
      `    <dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`,
  );
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    "  <modelVersion>4.0.0</modelVersion>",
    "  <groupId>mq.peer</groupId><artifactId>jars</artifactId><version>1</version>",
    "  <dependencies>",
    ...dependencies,
    "  </dependencies>",
    "</project>",
    "",
  ].join("\n");
}
