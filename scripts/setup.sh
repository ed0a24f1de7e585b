#!/usr/bin/env bash
# Makes node_modules match bun.lock on a machine that has only node and npm. The pinned Bun comes from
# npm into .cache/bun first, because nothing else here can read bun.lock; it then installs everything,
# itself included, into node_modules. Nothing is written outside the project, no lock file is changed,
# and a second run returns at once.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "setup: $1" >&2
  exit 1
}

command -v node >/dev/null || fail "node is missing; install Node.js 20 or newer"
command -v npm >/dev/null || fail "npm is missing; it comes with Node.js"

pinned=$(node -p 'require("./package.json").devDependencies.bun')
stamp=node_modules/.installed
wanted=$(cat package.json bun.lock bunfig.toml | cksum)
if [ -x node_modules/.bin/bun ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
  exit 0
fi

version_of() {
  [ -x "$1" ] && "$1" --version 2>/dev/null || true
}

bun=node_modules/.bin/bun
if [ "$(version_of "$bun")" != "$pinned" ]; then
  bun=.cache/bun/node_modules/.bin/bun
fi
if [ "$(version_of "$bun")" != "$pinned" ]; then
  echo "setup: fetching Bun $pinned from npm" >&2
  mkdir -p .cache/bun
  echo '{ "private": true }' >.cache/bun/package.json
  npm install --prefix .cache/bun --no-save --no-package-lock --no-audit --no-fund --loglevel=error \
    "bun@$pinned" >&2 </dev/null || fail "npm could not install bun@$pinned"
  [ "$(version_of "$bun")" = "$pinned" ] || fail "bun@$pinned was installed but does not run here"
fi

echo "setup: installing the locked dependencies" >&2
"$bun" install --frozen-lockfile --no-progress >&2 </dev/null || fail "bun install failed"
[ "$(version_of node_modules/.bin/bun)" = "$pinned" ] || fail "node_modules/.bin/bun is not $pinned"
rm -rf .cache/bun
echo "$wanted" >"$stamp"
