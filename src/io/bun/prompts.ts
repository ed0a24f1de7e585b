/**
 * Questions at a terminal, on standard error. Whoever asks has made sure that somebody can answer: the prompts would hang, or
 * take a pipe's bytes for an answer. Imported when they are needed: they cost more than most commands.
 */
const rowsShown = 12;

/** Yes or no; leaving is no. */
export async function confirm(question: string): Promise<boolean> {
  const prompts = await import("@clack/prompts");
  const answer = await prompts.confirm({
    message: question,
    initialValue: false,
    output: process.stderr,
  });
  return !prompts.isCancel(answer) && answer;
}

/** One of the names. */
export async function choose(
  question: string,
  names: readonly string[],
): Promise<string | undefined> {
  const prompts = await import("@clack/prompts");
  const answer = await prompts.autocomplete({
    message: question,
    options: names.map((name) => ({ value: name, label: name })),
    maxItems: rowsShown,
    output: process.stderr,
  });
  return prompts.isCancel(answer) ? undefined : answer;
}

/** The numbers of those that were marked. */
export async function chooseMany(
  question: string,
  options: readonly string[],
): Promise<readonly number[] | undefined> {
  const prompts = await import("@clack/prompts");
  const answer = await prompts.multiselect({
    message: question,
    options: options.map((label, value) => ({ value, label })),
    maxItems: rowsShown,
    required: false,
    output: process.stderr,
  });
  return prompts.isCancel(answer) ? undefined : answer;
}
