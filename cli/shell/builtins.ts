/** Words that only the shell knows. */

/** Those that run the command behind them, and how many words stand between. */
export const prefixBuiltins: ReadonlyMap<string, number> = new Map([
  ["help", 0],
  ["time", 0],
  ["watch", 1],
]);

const abouts: Readonly<Record<string, string>> = {
  "exit, quit": "leave, as Ctrl-D does",
  "help [COMMAND]": "show this, or what a command takes",
  last: "show the last result again, as JSON",
  "set [NAME [VALUE]]":
    "set output json: a flag for all commands from now on; without VALUE not any more",
  "source FILE": "run the lines of a file",
  "time COMMAND": "say how long it took",
  "use PROFILE": "work with this profile from now on, in this shell only",
  "use topic [NAME]": "fill in this topic where a command wants one; without NAME not any more",
  "watch DURATION COMMAND": "run it again and again until Ctrl-C",
};

export const builtinNames = [
  "exit",
  "quit",
  "help",
  "last",
  "set",
  "source",
  "time",
  "use",
  "watch",
];

/** What `help` shows below the commands. */
export function builtinHelp(): string {
  const rows = Object.entries(abouts).map(([word, about]) => `  ${word.padEnd(34)} ${about}\n`);
  return `In the shell:\n${rows.join("")}\n| > and >> go to the system's shell; ; stands between commands; # begins a comment.\n`;
}
