/** The scripts that make the system's shells ask `mq __complete` at Tab, and where each shell looks for them. */
import type { ProcessPort } from "../src/io/process.ts";

export const completedShells = ["bash", "zsh", "fish"] as const;
export type CompletedShell = (typeof completedShells)[number];

/**
 * Candidates come whole; bash replaces only what it takes for the current word, which begins anew behind `=` and
 * `:`, so what stands before that is cut off. Those that something may follow end in a space of their own.
 */
const bash = `# bash completion of mq; made by: mq completion bash
_mq() {
  local line=\${COMP_LINE:0:COMP_POINT} cut found
  line=\${line#"\${line%%[![:space:]]*}"}
  [[ $line == *[[:space:]]* ]] || return 0
  line=\${line#*[[:space:]]}
  cut=\${line##*[[:space:]]}
  cut=\${cut%"\${COMP_WORDS[COMP_CWORD]}"}
  COMPREPLY=()
  while IFS= read -r found; do
    COMPREPLY+=("\${found#"$cut"}")
  done < <("\${COMP_WORDS[0]}" __complete -- "$line" 2>/dev/null)
}
complete -o nospace -F _mq mq
`;

const zsh = `#compdef mq
# zsh completion of mq; made by: mq completion zsh
_mq() {
  local line="\${(j: :)words[2,CURRENT-1]}" found
  line="\${line:+$line }$PREFIX"
  for found in "\${(@f)$(\${words[1]} __complete -- "$line" 2>/dev/null)}"; do
    if [[ -z $found ]]; then
      continue
    elif [[ $found == *' ' ]]; then
      compadd -S ' ' -- "\${found% }"
    else
      compadd -S '' -- "$found"
    fi
  done
}
compdef _mq mq
`;

const fish = `# fish completion of mq; made by: mq completion fish
function __mq_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete -- (string join -- ' ' $words[2..-1]) 2>/dev/null | string trim --right
end
complete -c mq -f -a '(__mq_complete)'
`;

export const completionScripts: Readonly<Record<CompletedShell, string>> = { bash, zsh, fish };

/** Where the shell looks for a user's own completions. */
export function completionPath(
  shell: CompletedShell,
  { environment, homeFolder }: Pick<ProcessPort, "environment" | "homeFolder">,
): string {
  const data = environment["XDG_DATA_HOME"] || `${homeFolder()}/.local/share`;
  const config = environment["XDG_CONFIG_HOME"] || `${homeFolder()}/.config`;
  switch (shell) {
    case "bash":
      return `${data}/bash-completion/completions/mq`;
    case "zsh":
      return `${data}/zsh/site-functions/_mq`;
    case "fish":
      return `${config}/fish/completions/mq.fish`;
  }
}
