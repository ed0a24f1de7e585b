/** The one table of exit codes; scripts rely on them. */
export const exitCode = {
  success: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  denied: 4,
  unreachable: 5,
  precondition: 6,
  partial: 7,
  corrupted: 8,
  unhealthy: 10,
  different: 11,
  waitedTooLong: 124,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The exit code of what was run in our place, a program or a script: any number. */
export interface PassedExit {
  readonly passedOn: number;
}
