#!/bin/sh
# Builds the SELinux module: build.sh OUTPUT
set -eu
folder=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# An old format, which the policies of all node systems in use support.
checkmodule -M -m -c 17 -o "$work/resolver.mod" "$folder/resolver.te"
semodule_package -o "$1" -m "$work/resolver.mod" -f "$folder/resolver.fc"
