/** Runs a language's own tool: a compiler or an installer. A tool that is missing fails the run, loudly. */
import { spawnSync } from "node:child_process";

const toolTimeoutMs = 300_000;
const attempts = 3;
const outputShown = 4_000;

export interface ToolCall {
  readonly words: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Asked again when it fails: a registry may be busy for a moment. */
  readonly usesNetwork?: boolean;
}

export function runTool(call: ToolCall): void {
  const [tool = "", ...words] = call.words;
  let said = "";
  for (let attempt = 0; attempt < (call.usesNetwork === true ? attempts : 1); attempt++) {
    const result = spawnSync(tool, words, {
      cwd: call.folder,
      encoding: "utf8",
      timeout: toolTimeoutMs,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...call.environment },
    });
    if (result.status === 0) {
      return;
    }
    if (result.error !== undefined && "code" in result.error && result.error.code === "ENOENT") {
      throw new Error(`${tool} is not installed: it is needed for one of the clients`);
    }
    said = result.error?.message ?? `${result.stdout}${result.stderr}`;
  }
  throw new Error(`${call.words.join(" ")}:\n${said.slice(-outputShown)}`);
}
