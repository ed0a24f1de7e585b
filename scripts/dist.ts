/**
 * Builds `dist/release`: the executable for each system, completions, man pages, units and SHA256SUMS. The Bun that
 * goes into an executable of another system is the npm package of that system in the pinned version, kept in
 * `.cache`. Arguments choose systems by name; none means all.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { compileArguments } from "./packaging/compile.ts";

interface System {
  readonly name: string;
  /** The npm package with its Bun, and the target of the bundler. */
  readonly bun: string;
  readonly target: string;
  readonly suffix?: string;
}

const systems: readonly System[] = [
  { name: "linux-x64", bun: "bun-linux-x64", target: "bun-linux-x64" },
  { name: "linux-x64-musl", bun: "bun-linux-x64-musl", target: "bun-linux-x64-musl" },
  { name: "linux-arm64", bun: "bun-linux-aarch64", target: "bun-linux-arm64" },
  { name: "linux-arm64-musl", bun: "bun-linux-aarch64-musl", target: "bun-linux-arm64-musl" },
  { name: "macos-x64", bun: "bun-darwin-x64", target: "bun-darwin-x64" },
  { name: "macos-arm64", bun: "bun-darwin-aarch64", target: "bun-darwin-arm64" },
  { name: "windows-x64", bun: "bun-windows-x64", target: "bun-windows-x64", suffix: ".exe" },
];

const root = join(import.meta.dir, "..");
const release = join(root, "dist/release");
const kept = join(root, ".cache/dist");
const { version, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

function run(command: string, words: readonly string[], folder = root): string {
  const done = spawnSync(command, words, { cwd: folder, encoding: "utf8", timeout: 300_000 });
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout}${done.stderr}dist: ${command} ${words[0]} failed\n`);
    process.exit(1);
  }
  return done.stdout;
}

/** The path of another system's Bun, fetched when it is not there. */
function bunOf({ bun }: System): string {
  const folder = join(kept, `${bun}-${devDependencies.bun}`);
  const name = bun.includes("windows") ? "bun.exe" : "bun";
  const path = join(folder, "package/bin", name);
  if (!existsSync(path)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const packed = run("npm", ["pack", "--silent", `@oven/${bun}@${devDependencies.bun}`], folder);
    run("tar", ["-xzf", packed.trim()], folder);
    rmSync(join(folder, packed.trim()));
  }
  return path;
}

function buildFor(system: System): void {
  const { name, target, suffix = "" } = system;
  const outfile = join(release, `mq-${version}-${name}${suffix}`);
  const words = compileArguments(version, outfile);
  const startedAt = performance.now();
  run(process.execPath, [
    ...words,
    `--target=${target}`,
    `--compile-executable-path=${bunOf(system)}`,
  ]);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const megabytes = (statSync(outfile).size / 1e6).toFixed(1);
  process.stderr.write(`${relative(root, outfile)}: ${megabytes} MB in ${seconds} s\n`);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(release, join(entry.parentPath, entry.name)))
    .sort();
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !systems.some((system) => system.name === name));
if (unknown !== undefined) {
  process.stderr.write(
    `dist: '${unknown}' is none of ${systems.map(({ name }) => name).join(" ")}\n`,
  );
  process.exit(2);
}
rmSync(release, { recursive: true, force: true });
mkdirSync(join(release, "completions"), { recursive: true });
for (const system of systems.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  buildFor(system);
}
// The bundler leaves its source maps beside the executables; they are inside as well.
for (const file of filesBelow(release).filter((each) => each.endsWith(".map"))) {
  rmSync(join(release, file));
}
const mq = join(root, "dist/mq");
for (const [shell, file] of [
  ["bash", "mq.bash"],
  ["zsh", "_mq"],
  ["fish", "mq.fish"],
] as const) {
  writeFileSync(join(release, "completions", file), run(mq, ["completion", shell]));
}
run(mq, ["man", "--folder", join(release, "man/man1")]);
for (const folder of ["systemd", "docker"]) {
  mkdirSync(join(release, folder));
  for (const file of readdirSync(join(root, "scripts/packaging", folder))) {
    copyFileSync(join(root, "scripts/packaging", folder, file), join(release, folder, file));
  }
}
const sums = filesBelow(release).map((file) => {
  const sum = createHash("sha256").update(readFileSync(join(release, file)));
  return `${sum.digest("hex")}  ${file}\n`;
});
writeFileSync(join(release, "SHA256SUMS"), sums.join(""));
process.stderr.write(`dist/release: ${sums.length} files, SHA256SUMS\n`);
