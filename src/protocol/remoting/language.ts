/** Languages a peer may say it is written in: a number in the binary header, a name in JSON. */

export const language = {
  java: 0,
  other: 7,
} as const;

const names: readonly string[] = [
  "JAVA",
  "CPP",
  "DOTNET",
  "PYTHON",
  "DELPHI",
  "ERLANG",
  "RUBY",
  "OTHER",
  "HTTP",
  "GO",
  "PHP",
  "OMS",
  "RUST",
  "NODE_JS",
];

/** The name that JSON uses; OTHER for a number nobody gave out. */
export function languageName(ordinal: number): string {
  return names[ordinal] ?? "OTHER";
}

/** The number of a name; OTHER for a name nobody knows. */
export function languageOrdinal(name: string): number {
  const ordinal = names.indexOf(name);
  return ordinal < 0 ? language.other : ordinal;
}
