/**
 * How the executable is made, for this machine and for others: one file with Bun inside.
 *
 * Bytecode and splitting make the start fast: a command's module is loaded when that command runs. The
 * executable must not read `.env`, `bunfig.toml` or `tsconfig.json` of the folder it is started in, so
 * each autoload is switched off. Never `strip` the result: plain Bun would be left.
 */

/** The arguments of `bun` for one executable. */
export function compileArguments(version: string, outfile: string): readonly string[] {
  return [
    "build",
    "cli/main.ts",
    "--compile",
    "--minify",
    "--sourcemap=inline",
    "--bytecode",
    "--format=esm",
    "--splitting",
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    "--no-compile-autoload-tsconfig",
    "--no-compile-autoload-package-json",
    `--define=MQ_VERSION=${JSON.stringify(version)}`,
    `--outfile=${outfile}`,
  ];
}
