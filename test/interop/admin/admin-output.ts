/**
 * What a command of mqadmin printed, reduced to what must be the same on every server: no addresses, times, ids and
 * rates, no stack traces, one space between columns.
 */

export interface AdminNames {
  readonly nameserver: string;
  readonly broker: string;
  /** Starts the names of this run's topics and groups. */
  readonly prefix: string;
}

/** Frames of stacks, and lines that only say where to read more. */
const noise = /^\s+at |^\s*\.\.\. \d+ more|^(For more information|See http)|^\s*$/;

/** In this order: what is longer or more special comes first. */
const masks: readonly (readonly [pattern: RegExp, mask: string])[] = [
  [/CODE: (\d+)\s+DESC:.*/g, "CODE: $1"],
  [/\d{4}-\d\d-\d\d[ #T]\d\d:\d\d:\d\d([,.:]\d{3})?/g, "TIME"],
  [/\b20\d{15}\b/g, "TIME"],
  // Where records lie and how large they are is the server's business.
  [/(storeSize|commitLogOffset|physicOffset|physicSize)=\d+/g, "$1=N"],
  [/(CommitLog Offset:|MasterCommitLogMaxOffset) \d+/g, "$1 N"],
  [/__CRC32#=\d+, /g, ""],
  [/\b[0-9A-F]{32}\b/g, "ID"],
  [/@ID@\d+/g, "@ID@N"],
  [/\/?127\.0\.0\.1:\d+/g, "ADDRESS"],
  [/\b\d+\.\d+\.\d+\.\d+\b/g, "HOST"],
  [/\bV\d+_\d+_\d+\b/g, "VERSION"],
  [/\bversion=\d+/g, "version=N"],
  [/-?\b\d+\.\d+(E-?\d+)?\b/g, "DECIMAL"],
  [/\b\d{13}\b/g, "MS"],
  // Seconds that a timer is behind, and messages a second.
  [/ \d+-\d+\(/g, " N-N("],
  [/ (CLUSTERING|BROADCASTING) \d+ /g, " $1 N "],
];

/** The lines that count, masked. */
export function adminLines(text: string, names: AdminNames): readonly string[] {
  return text
    .split("\n")
    .filter((line) => !noise.test(line))
    .map((line) => masked(line, names));
}

function masked(line: string, names: AdminNames): string {
  let result = line
    .replace(/\s+/g, " ")
    .trim()
    .replaceAll(names.nameserver, "NAMESERVER")
    .replaceAll(names.broker, "BROKER")
    .replaceAll(names.prefix, "P");
  for (const [pattern, mask] of masks) {
    result = result.replace(pattern, mask);
  }
  return result.replace(
    /([Pp]roperties(?:=|: ))\{([^}]*)\}/,
    (_whole, name: string, pairs: string) => {
      // 4.9's tables have no order that means anything.
      return `${name}{${pairs.split(", ").sort().join(", ")}}`;
    },
  );
}
