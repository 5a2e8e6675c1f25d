# Packages and releases, built in dist. The same commit, compiler and libraries give the same files, byte for byte,
# in any directory and at any time.

# Read from Sources/resolver/Version.swift.
VERSION = $(shell sed -n 's/^let version.* = "\(.*\)"$$/\1/p' Sources/resolver/Version.swift)
# The time stamp of the files in packages: that of the commit, or in an unpacked source archive that of its files.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y Makefile)

DIST = $(CURDIR)/dist
SOURCE_ARCHIVE = $(DIST)/resolver-$(VERSION).tar.gz
BILL_OF_MATERIALS = $(DIST)/resolver-$(VERSION).spdx.json
DEB = $(DIST)/resolver_$(VERSION)-1_$(shell dpkg --print-architecture).deb
RPMS = $(DIST)/resolver-$(VERSION)-1.$(shell uname -m).rpm $(DIST)/resolver-selinux-$(VERSION)-1.noarch.rpm
SYSEXT = $(DIST)/resolver-$(VERSION)-$(shell uname -m).raw

WITH_DATE = SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH)

PACKAGING_SCRIPTS = packaging/*.sh packaging/*/*.sh packaging/deb/p[ro]*[tm]

.PHONY: deb rpm selinux sysext dist source-archive package-check

deb: $(BINARY)
	Scripts/install-dependencies.sh deb
	mkdir -p '$(DIST)'
	$(WITH_DATE) packaging/deb/build.sh '$(BINARY)' '$(VERSION)' '$(DEB)'
	lintian --allow-root --display-info --fail-on error,warning,info '$(DEB)'

rpm: $(BINARY) source-archive
	Scripts/install-dependencies.sh rpm selinux
	$(WITH_DATE) packaging/rpm/build.sh '$(BINARY)' '$(VERSION)' '$(SOURCE_ARCHIVE)' '$(DIST)'
	rpmlint --strict --config packaging/rpm/rpmlint.toml $(RPMS)

selinux:
	Scripts/install-dependencies.sh selinux
	mkdir -p '$(DIST)'
	packaging/selinux/build.sh '$(DIST)/resolver.pp'

sysext: $(BINARY)
	Scripts/install-dependencies.sh sysext
	mkdir -p '$(DIST)'
	$(WITH_DATE) packaging/sysext/build.sh '$(BINARY)' '$(SYSEXT)'

source-archive:
	Scripts/install-dependencies.sh dist
	mkdir -p '$(DIST)'
	packaging/dist.sh '$(VERSION)' '$(SOURCE_ARCHIVE)'

dist: source-archive
	Scripts/install-dependencies.sh build
	$(WITH_DATE) packaging/sbom.py '$(VERSION)' '$(SOURCE_ARCHIVE)' '$(BILL_OF_MATERIALS)'
	cd '$(DIST)' && sha256sum *$(VERSION)* >SHA256SUMS

# The whole life cycle of the packages: in a system set up for it, with the kernel of this machine, and built again
# elsewhere.
package-check: deb rpm sysext dist
	Scripts/install-dependencies.sh package-check
	$(WITH_DATE) packaging/deb/build.sh '$(BINARY)' '$(VERSION)+next' '$(DIST)/next.deb'
	packaging/check.sh '$(DEB)' '$(DIST)/next.deb' $(firstword $(RPMS))
	packaging/check-kernel.sh '$(DEB)' '$(DIST)/next.deb'
	rm '$(DIST)/next.deb'
	packaging/reproduce.sh '$(DIST)'
