#!/bin/sh
# Creates the source archive of a commit: dist.sh VERSION OUTPUT
#
# The same commit gives the same archive, wherever and whenever it is created.
set -eu
version=$1 output=$2
[ -z "$(git status --porcelain --untracked-files=no)" ] ||
    echo "dist.sh: note: the archive contains only what is committed, not the changes in this directory" >&2
grep -qF "## [$version]" CHANGELOG.md || {
    echo "dist.sh: CHANGELOG.md has no entry for $version" >&2
    exit 1
}
git archive --format=tar --prefix="resolver-$version/" HEAD | gzip -9n >"$output"
