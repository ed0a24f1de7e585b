/** What a program with a client in it is to the harness: words to start it with, the same for every language. */
export interface ClientProgram {
  /**
   * How it is started with this folder as its home. Behind the words come the nameserver's address, the target
   * ("mq" or "rocketmq"), the prefix of its names and the scenarios to run.
   */
  command(home: string): ClientCommand;
}

export interface ClientCommand {
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}
