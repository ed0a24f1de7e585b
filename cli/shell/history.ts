/**
 * Lines typed before, newest first, in a file that only its owner reads. Each line is appended when it was typed,
 * so that two shells side by side lose nothing; what is too much or stands twice goes when a shell starts.
 */

import type { ProcessPort, UserFiles } from "../../src/io/process.ts";
import { Secrets } from "../commands/debug/secrets.ts";

const linesMax = 5_000;
/** Appended lines that are tolerated in the file before it is written anew. */
const slackLinesMax = 1_000;

export class History {
  readonly #files: UserFiles;
  readonly #path: string;
  #lines: readonly string[];

  constructor({
    files,
    environment,
    homeFolder,
  }: Pick<ProcessPort, "files" | "environment" | "homeFolder">) {
    this.#files = files;
    this.#path = `${environment["XDG_STATE_HOME"] || `${homeFolder()}/.local/state`}/mq/history`;
    this.#lines = this.#load();
  }

  /** Newest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Remembers a line, once, with its secrets masked. One that begins with a space is nobody's business. */
  add(typed: string): void {
    if (typed.trim() === "" || typed.startsWith(" ")) {
      return;
    }
    const line = withoutSecrets(typed);
    if (line === this.#lines[0]) {
      return;
    }
    this.#lines = [line, ...this.#lines.filter((each) => each !== line)].slice(0, linesMax);
    this.#files.append(this.#path, `${line}\n`);
  }

  #load(): readonly string[] {
    const written = (this.#files.read(this.#path) ?? "").split("\n").filter((line) => line !== "");
    const lines = [...new Set(written.reverse())].slice(0, linesMax);
    if (written.length > lines.length + slackLinesMax) {
      this.#files.replace(this.#path, `${[...lines].reverse().join("\n")}\n`);
    }
    return lines;
  }
}

/** `--secret-key abc`, beside what is a secret in any text. */
const secretFlag =
  /(--[\w-]{0,64}(?:secret|passw|token|credential|access-key|private-key)[\w-]{0,64}\s+)(?!-)(\S+)/gi;

function withoutSecrets(line: string): string {
  return new Secrets().text(line.replace(secretFlag, "$1***"));
}
