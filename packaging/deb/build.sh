#!/bin/sh
# Builds the Debian package: build.sh BINARY VERSION OUTPUT
#
# Set SOURCE_DATE_EPOCH: the same binary then gives the same package, wherever and whenever it is built.
set -eu
umask 022
export LC_ALL=C
binary=$1 version=$2 output=$3
folder=$(dirname "$0")

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

"$folder/../stage.sh" "$binary" "$root"
# As dh_strip(1) does.
strip --remove-section=.comment --remove-section=.note "$root/usr/sbin/resolver"
documents=$root/usr/share/doc/resolver
install -D -m 644 "$folder/../copyright" "$documents/copyright"
install -D -m 644 "$folder/lintian-overrides" "$root/usr/share/lintian/overrides/resolver"
install -m 644 README.md SECURITY.md "$documents"
gzip -9nc CHANGELOG.md >"$documents/changelog.gz"
maintainer=$(sed -n 's/^Maintainer: //p' "$folder/control")
gzip -9nc >"$documents/changelog.Debian.gz" <<END
resolver ($version-1) unstable; urgency=medium

  * Version $version; see changelog.gz for the changes.

 -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
END

# The versions of the libraries that are linked into the program.
# shellcheck disable=SC2016
built_using=$(dpkg-query -W -f '${source:Package} (= ${source:Version}), ' libc6-dev libkeyutils-dev libyaml-dev)
mkdir "$root/DEBIAN"
sed -e "s/@VERSION@/$version-1/" -e "s/@ARCHITECTURE@/$(dpkg --print-architecture)/" \
    -e "s/@BUILT_USING@/${built_using%, }/" \
    -e "s/@SIZE@/$(du -k -s --apparent-size --exclude=DEBIAN "$root" | cut -f 1)/" "$folder/control" >"$root/DEBIAN/control"
install -m 755 "$folder/preinst" "$folder/postinst" "$folder/prerm" "$folder/postrm" "$root/DEBIAN"
(cd "$root" && find etc -type f -printf '/%p\n' | sort) >"$root/DEBIAN/conffiles"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
chmod 644 "$root"/DEBIAN/conffiles "$root"/DEBIAN/md5sums "$root"/DEBIAN/control

# xz, which every dpkg reads.
dpkg-deb --root-owner-group -Zxz --build "$root" "$output"
