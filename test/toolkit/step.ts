/**
 * The script of `make toolkit-interop` as data: command lines, and what must happen between them that no command
 * does. `$NAME` in a line stands for an address or for what an earlier step captured.
 */

/** One command line, run with the executable. */
export interface CommandStep {
  /** The words behind `mq`, as a shell takes them; pipes and redirections are not there. */
  readonly run: string;
  /** Standard input; none is an empty one. */
  readonly input?: string | Buffer;
  /** The exit code with mq; 0 when absent. Where RocketMQ's differs, differences.json says why. */
  readonly exit?: number;
  /** The command is run again until its output matches: servers make queues and statistics a moment later. */
  readonly until?: RegExp;
  /** The first group of the pattern in its output goes by the name from now on. */
  readonly capture?: Readonly<Record<string, RegExp>>;
  /** What may differ in this step alone, and is replaced by `#`. */
  readonly mask?: RegExp;
}

/** What applications or accidents do; by name in actions.ts. */
export interface ActionStep {
  readonly action: ActionName;
}

export type ActionName =
  | "a member of billing comes on line"
  | "the member of billing goes"
  | "letters gives up one message"
  | "letters gives up three messages"
  | "the official tool is asked as well"
  | "the broker hangs"
  | "the broker is killed";

export type Step = CommandStep | ActionStep;

export function isCommand(step: Step): step is CommandStep {
  return "run" in step;
}

/** The command as a table and as JSON: two steps. */
export function bothWays(run: string, more: Omit<CommandStep, "run"> = {}): readonly Step[] {
  return [
    { run: `${run} -o table`, ...more },
    { run: `${run} -o json`, ...more },
  ];
}

/** Names of steps in transcripts: the line, counted where the same one stands several times. */
export function stepNames(steps: readonly Step[]): readonly string[] {
  const counts = new Map<string, number>();
  return steps.filter(isCommand).map(({ run }) => {
    const count = (counts.get(run) ?? 0) + 1;
    counts.set(run, count);
    return count === 1 ? run : `${run} #${count}`;
  });
}
