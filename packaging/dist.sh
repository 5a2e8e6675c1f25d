#!/bin/sh
# Makes the source archive of a commit: dist.sh VERSION OUTPUT
#
# It is the same wherever and whenever it is made from the same commit.
set -eu
version=$1 output=$2
[ -z "$(git status --porcelain --untracked-files=no)" ] ||
    echo "dist.sh: note: the archive has what is committed, without the changes in this directory" >&2
grep -qF "## [$version]" CHANGELOG.md || {
    echo "dist.sh: CHANGELOG.md says nothing of $version" >&2
    exit 1
}
git archive --format=tar --prefix="resolver-$version/" HEAD | gzip -9n >"$output"
