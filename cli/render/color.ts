/** Colours: whether they are wanted, and the few that are used. */
import type { Variables } from "../global-flags.ts";

export interface ColorWish {
  readonly color: "auto" | "always" | "never";
  readonly variables: Variables;
  /** Whether what is written goes to a terminal. */
  readonly isTerminal: boolean;
}

/** What was typed, then NO_COLOR, FORCE_COLOR and CLICOLOR, then whether a terminal is there that can. */
export function isColored({ color, variables, isTerminal }: ColorWish): boolean {
  if (color !== "auto") {
    return color === "always";
  }
  if (variables["NO_COLOR"]) {
    return false;
  }
  const forced = variables["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") {
    return forced !== "0";
  }
  return isTerminal && variables["CLICOLOR"] !== "0" && variables["TERM"] !== "dumb";
}

const codes = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
} as const;

/** The text in a style, or as it is. */
export function paint(text: string, style: keyof typeof codes, isOn: boolean): string {
  return isOn ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
}
