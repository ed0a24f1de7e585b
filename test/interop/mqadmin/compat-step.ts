/** One thing that the official mqadmin 5.5.0 and `mq mqadmin` are both asked. */

export interface CompatStep {
  /**
   * Words with `$NS`, `$BROKER` and `$P` (names of both), `$X` (names of the one tool that is asked), `$ID` and `$KEY`
   * (ids of the first message) and `$DIR` (a folder for files) put in. What begins with `@` is the Java program's own and asked once; what begins with `mq` is a
   * command of `mq` that must succeed, with nothing to compare it with.
   */
  readonly command: string;
  /** What the steps below need has come about when this fits what the official tool printed. */
  readonly until?: RegExp;
  /** What the official tool must have printed, lest both be wrong alike; or a command of `mq`. */
  readonly says?: RegExp;
  /** The official tool fails as well; only what it prints besides its errors is compared. */
  readonly fails?: true;
  /** The official tool prints errors on its way to success; they are not compared. */
  readonly complains?: true;
  /** Parts that the brokers may answer differently from one moment to the next. */
  readonly mask?: RegExp;
  /** Files that both have written; compared as what they print. */
  readonly files?: readonly string[];
  /** The same for files whose paths both print. */
  readonly printedFiles?: RegExp;
}
