/** Moves a group behind what a tail has shown: now and then while it reads, and at its end. */
import type { MessageQueue, PullConsumer } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { chosenBrokers } from "../cluster/chosen-brokers.ts";
import { groupMembers } from "../group/group-members.ts";

const everyMs = 1_000;

export class GroupCommits {
  readonly #pull: PullConsumer;
  readonly #group: string;
  readonly #elapsedMs: () => number;
  readonly #next = new Map<string, { readonly queue: MessageQueue; readonly offset: number }>();
  #committedMs: number;

  constructor(pull: PullConsumer, group: string, elapsedMs: () => number) {
    this.#pull = pull;
    this.#group = group;
    this.#elapsedMs = elapsedMs;
    this.#committedMs = elapsedMs();
  }

  /** Everything before the offset was handled. */
  note(queue: MessageQueue, offset: number): void {
    this.#next.set(`${queue.brokerName}/${queue.queueId}`, { queue, offset });
  }

  /** Commits what was noted, when some time has passed since the last. Throws ClientError. */
  async soon(): Promise<void> {
    if (this.#elapsedMs() - this.#committedMs >= everyMs) {
      await this.now();
    }
  }

  /** Commits what was noted. Throws ClientError. */
  async now(): Promise<void> {
    this.#committedMs = this.#elapsedMs();
    const noted = [...this.#next.values()];
    this.#next.clear();
    for (const { queue, offset } of noted) {
      await this.#pull.commitOffset(this.#group, queue, offset);
    }
  }
}

/** Throws CommandError while the group has members: they commit their own offsets over these. */
export async function groupCommits(context: CommandContext, group: string): Promise<GroupCommits> {
  const client = context.client();
  const brokers = await chosenBrokers(client);
  const { members } = await groupMembers(client.admin, group, brokers);
  if (members.length > 0) {
    throw new CommandError(
      "MQ-E-ONLINE",
      exitCode.precondition,
      `group '${group}' has ${members.length} members on line, which commit offsets of their own`,
      { hint: "stop them, or tail without --commit" },
    );
  }
  return new GroupCommits(client.pull, group, () => context.environment.clock.elapsedMs());
}
