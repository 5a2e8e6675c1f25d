#!/bin/sh
# Builds the RPM packages: build.sh BINARY VERSION SOURCES OUTPUT
#
# SOURCES is the archive from `make dist`. Set SOURCE_DATE_EPOCH: the same archive and binary then give the same
# packages, wherever and whenever they are built.
set -eu
umask 022
export LC_ALL=C TZ=UTC0
binary=$(readlink -f "$1") version=$2 sources=$3 output=$4

top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
mkdir "$top/SOURCES" "$top/SPECS"
cp "$sources" "$top/SOURCES"
sed -e "s/@VERSION@/$version/" -e "s/@DATE@/$(date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')/" \
    "$(dirname "$0")/resolver.spec.in" >"$top/SPECS/resolver.spec"
touch -d "@$SOURCE_DATE_EPOCH" "$top/SOURCES"/* "$top/SPECS"/*
# Debian has installed what the build needs, which rpm does not know about. A source package would contain the name of
# the temporary directory.
rpmbuild -bb --quiet --nodeps --define "_topdir $top" --define "binary $binary" --define 'vendor %{nil}' \
    --define '_buildhost localhost' --define 'use_source_date_epoch_as_buildtime 1' \
    --define 'clamp_mtime_to_source_date_epoch 1' --define '_binary_payload w19.zstdio' \
    "$top/SPECS/resolver.spec"
mv "$top"/RPMS/*/*.rpm "$output"
