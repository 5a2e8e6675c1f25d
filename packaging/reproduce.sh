#!/bin/sh
# Builds the program and all packages of this commit again, in another directory, and compares them with those in
# DIRECTORY: reproduce.sh DIRECTORY
set -eu
dist=$1

clone=$(mktemp -d)
trap 'rm -rf "$clone"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
git clone -q . "$clone/elsewhere"
make -C "$clone/elsewhere" deb rpm sysext dist >"$clone/log" 2>&1 || {
    cat "$clone/log" >&2
    exit 1
}
for file in "$clone"/elsewhere/dist/*; do
    cmp "$file" "$dist/${file##*/}"
    echo "the same: ${file##*/}"
done
