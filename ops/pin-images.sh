#!/usr/bin/env bash
# Writes the digest of each image into ops/images.env: asks the registry what the tag means today. Needs skopeo, or Docker with buildx, and
# the Internet. `--check`: changes nothing, fails where an image is not pinned.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
file=images.env

if [ "${1:-}" = --check ]; then
  if grep -E '^[A-Z_]+=' "$file" | grep -vE '@sha256:[0-9a-f]{64}$'; then
    echo "These images are not pinned. Run ops/pin-images.sh where a registry can be reached, and commit ops/$file." >&2
    exit 1
  fi
  exit 0
fi

digest_of() {
  if command -v skopeo >/dev/null; then
    # Of the list for all platforms, not of this machine's image.
    skopeo inspect --raw "docker://docker.io/$1" | sha256sum | sed 's/ .*//; s/^/sha256:/'
  elif docker buildx version >/dev/null 2>&1; then
    docker buildx imagetools inspect "$1" --format '{{.Manifest.Digest}}'
  else
    echo "Install skopeo, or Docker with buildx: something has to ask the registry." >&2
    exit 1
  fi
}

next=$(mktemp)
trap 'rm -f "$next"' EXIT
while IFS= read -r line; do
  if [[ $line =~ ^([A-Z_]+)=([^@]+)(@.*)?$ ]]; then
    image=${BASH_REMATCH[2]}
    # Official images are under library/ at Docker Hub.
    [[ $image == */* ]] && full=$image || full=library/$image
    digest=$(digest_of "$full")
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "The registry gave no digest for $image." >&2; exit 1; }
    line="${BASH_REMATCH[1]}=$image@$digest"
    echo "$line"
  fi
  printf '%s\n' "$line" >>"$next"
done <"$file"
cat "$next" >"$file"
