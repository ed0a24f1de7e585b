/** Groups converge: some time after the last fault every broker knows exactly the members that mean to be there. */
import type { Violation } from "../history.ts";

/** Compares what each broker says with who is meant to be there. */
export function checkMembers(
  meant: ReadonlySet<string>,
  shown: readonly (readonly string[] | undefined)[],
): Violation[] {
  const expected = [...meant].sort().join(", ");
  return shown.flatMap((list, index) => {
    const text = list?.join(", ");
    return text === expected
      ? []
      : [
          {
            checker: "members",
            message: `broker ${index} knows [${text ?? "no answer"}] where [${expected}] are meant to be`,
          },
        ];
  });
}
