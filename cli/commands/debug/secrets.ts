/**
 * Keeps secrets out of what is handed to somebody else. Three nets, each of which alone would miss something: names
 * that say that their value is one, wherever they stand; values that were learnt to be one, under whatever name they
 * come again; and forms that only secrets have.
 */
import { openSettings } from "../export/open-settings.ts";

const mask = "***";

const nameWords =
  "secret|passw(?:or)?d|passphrase|passwd|token|credential|signature|access[-_.]?key|private[-_.]?key|api[-_.]?key|authenticationuser|exporterheader";
const secretName = new RegExp(nameWords, "i");
/**
 * `name: value`, `"name":"value"`, also escaped inside another text. Each repetition has a bound: logs are written by
 * strangers, and a long line must not take a long time.
 */
const named = new RegExp(
  `((?:${nameWords})[\\w.-]{0,64}\\\\?["']?[ \\t]{0,8}[:=][ \\t]{0,8})` +
    `(\\\\"[^"\\\\]*\\\\"|"(?:[^"\\\\]|\\\\.)*"|'[^']*'|[^\\s,;&}\\]]+)`,
  "gi",
);
const authorization = /(\bauthorization\\?["']?[ \t]{0,8}[:=][ \t]{0,8}\\?["']?)[^\r\n"'\\]*/gi;
const credentialsInUrl = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,200}:)[^\s@/]{1,400}@/gi;
const privateKey =
  /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]{0,20}PRIVATE KEY-----|$)/g;
const quoted = /"((?:[^"\\]|\\.)*)"(\s*:)?/g;
/** Shorter ones, switches and numbers would blot out half of the text; where they are named they are masked. */
const learntCharactersMin = 6;
const plainWord = /^(false|\d{1,9}|default|enable[d]?|disable[d]?)$/i;

export class Secrets {
  readonly #values = new Set<string>();

  /** A value whose name says what it is is known from now on, wherever it comes again. */
  learn(name: string, value: string): void {
    if (secretName.test(name)) {
      this.#learnValue(value);
      // A setting may be a document: {"accessKey":"…","secretKey":"…"}.
      for (const [, inner = "", colon] of value.matchAll(quoted)) {
        if (colon === undefined) {
          this.#learnValue(inner);
        }
      }
    }
  }

  /** Settings with those masked that nobody else should read; their values are learnt. */
  settings(settings: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const open = openSettings(settings);
    return new Map(
      [...settings].map(([name, value]) => {
        this.learn(name, value);
        const isOpen = Object.hasOwn(open, name) && !(secretName.test(name) && value !== "");
        return [name, isOpen ? value : mask];
      }),
    );
  }

  /** A table of a configuration, to any depth. A table or list under a secret's name is one as a whole. */
  table(table: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(table).map(([name, value]) => [name, this.#member(name, value)]),
    );
  }

  #member(name: string, value: unknown): unknown {
    if (secretName.test(name) && value !== "") {
      this.learn(name, typeof value === "string" ? value : JSON.stringify(value));
      return mask;
    }
    if (Array.isArray(value)) {
      return value.map((each) => this.#member(name, each));
    }
    return typeof value === "object" && value !== null
      ? this.table(value as Record<string, unknown>)
      : value;
  }

  /** Any text, as it may be handed out. */
  text(text: string): string {
    let masked = text.replace(privateKey, mask).replace(credentialsInUrl, `$1${mask}@`);
    masked = masked
      .replace(authorization, `$1${mask}`)
      .replace(named, (whole, name: string, value: string) => maskedPair(whole, name, value));
    for (const value of [...this.#values].sort((left, right) => right.length - left.length)) {
      masked = masked.replaceAll(value, mask);
    }
    return masked;
  }

  #learnValue(value: string): void {
    const trimmed = value.trim();
    if (trimmed.length >= learntCharactersMin && !plainWord.test(trimmed)) {
      this.#values.add(trimmed);
    }
  }
}

/** As a reader of the text expects it: quoted where the value was, or where JSON wants it. */
function maskedPair(whole: string, name: string, value: string): string {
  if (/^[{[]/.test(value)) {
    // A document: its members have names of their own.
    return whole;
  }
  const quote = /^(\\?"|')/.exec(value)?.[0] ?? (/["']\s*:\s*$/.test(name) ? '"' : "");
  return `${name}${quote}${mask}${quote}`;
}
