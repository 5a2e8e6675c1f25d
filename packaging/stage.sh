#!/bin/sh
# Installs the files of a package below a directory: stage.sh BINARY ROOT
#
# They are those of `make install PREFIX=/usr REGISTER=dropin`, with the manual compressed. The rule loses the line by
# which `make uninstall` recognises its own files: the package manager owns it.
set -eu
make --no-print-directory -o "$1" install BINARY="$1" DESTDIR="$2" PREFIX=/usr REGISTER=dropin
sed -i '/^#resolver:file#/d' "$2/etc/request-key.d/resolver.conf"
gzip -9n "$2"/usr/share/man/man*/*
