/** `mq mqadmin` as a process of its own. */
import { spawn } from "node:child_process";

const timeoutMs = 40_000;

interface Printed {
  readonly text: string;
  readonly errors: string;
  readonly code: number;
}

/** Runs a command to its end, at most for a time. Its temporary folder is where it runs. */
export async function ourText(command: readonly string[], folder: string): Promise<Printed> {
  const [executable = "", ...words] = command;
  const child = spawn(executable, words, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: folder },
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  const [text, errors, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number>((resolve) => {
      child.once("error", () => resolve(-1));
      child.once("close", (ended) => resolve(ended ?? -1));
    }),
  ]);
  clearTimeout(timer);
  return { text, errors, code };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += chunk.toString();
  }
  return text;
}
