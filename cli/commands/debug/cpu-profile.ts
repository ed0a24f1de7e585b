/** A CPU profile in the form of Chrome's developer tools: what of it people want to know first. */
import { z } from "zod";

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.number(),
      }),
    }),
  ),
  samples: z.array(z.number()),
});

export interface HotFunction {
  readonly function: string;
  readonly location: string;
  readonly samples: number;
  /** Of all samples. */
  readonly percent: number;
}

/** The functions in which the process was found most often. Throws ZodError or SyntaxError for what is no profile. */
export function readCpuProfile(
  text: string,
  countMax: number,
): { readonly samples: number; readonly functions: readonly HotFunction[] } {
  const { nodes, samples } = profileSchema.parse(JSON.parse(text));
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      {
        function: functionName || "(anonymous)",
        location: url === "" ? "-" : `${url.replace(/^.*\//, "")}:${lineNumber + 1}`,
      },
    ]),
  );
  const sums = new Map<string, number>();
  for (const id of samples) {
    const key = JSON.stringify(names.get(id) ?? { function: "(unknown)", location: "-" });
    sums.set(key, (sums.get(key) ?? 0) + 1);
  }
  const functions = [...sums]
    .sort(([, left], [, right]) => right - left)
    .slice(0, countMax)
    .map(([key, count]) => ({
      ...(JSON.parse(key) as { readonly function: string; readonly location: string }),
      samples: count,
      percent: Math.round((count * 1_000) / samples.length) / 10,
    }));
  return { samples: samples.length, functions };
}
