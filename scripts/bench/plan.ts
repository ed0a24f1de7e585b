/** Who is measured in which order. */
import type { Contender } from "./contender.ts";
import type { BenchOptions } from "./options.ts";

export interface PlannedSession {
  readonly contender: Contender;
  readonly session: number;
}

/**
 * Within each durability class the contenders stand in the order A B C C B A, so that whatever drifts steadily
 * (heat, a fuller disk, a neighbour) falls on all of them alike. Rounds repeat the whole.
 */
export function planSessions(
  contenders: readonly Contender[],
  options: Pick<BenchOptions, "durabilities" | "rounds">,
): readonly PlannedSession[] {
  const planned: PlannedSession[] = [];
  for (let round = 0; round < options.rounds; round++) {
    for (const durability of options.durabilities) {
      const forward = contenders.filter((contender) => contender.durability === durability);
      for (const contender of forward) {
        planned.push({ contender, session: 2 * round + 1 });
      }
      for (const contender of [...forward].reverse()) {
        planned.push({ contender, session: 2 * round + 2 });
      }
    }
  }
  return planned;
}
