# make            build the program
# make install    install and register it (as root); make uninstall takes both back
# make test       run the tests; make check runs them after the format and warnings checks
# make demo       show it at work with a DNS server and the kernel
# make bench      compare it with other handlers (as root); BENCH=quick takes less than a minute
# make bench-startup  from start to exit alone; make bench-discovery  finding the cluster's DNS alone
#
# Variables of install and uninstall:
#   PREFIX    the program goes to PREFIX/sbin, its manual to PREFIX/share/man. It must be on a local file system: a
#             lookup that waits for a network mount may be the lookup that the mount waits for.
#   DESTDIR   the root of the system, for building packages
#   REGISTER  conf: a rule in /etc/request-key.conf, in place of key.dns_resolver's
#             dropin: a file in /etc/request-key.d, as packages do it
#             none: install files only
# request-key and the program look for their files in /etc and nowhere else, so there is no variable for that.

PREFIX = /usr/local
SBINDIR = $(PREFIX)/sbin
MANDIR = $(PREFIX)/share/man
DESTDIR =
REGISTER = conf

PROGRAM = $(SBINDIR)/resolver
MANUAL = $(MANDIR)/man8/resolver.8
CONF_MANUAL = $(MANDIR)/man5/resolver.conf.5
SAMPLE = /etc/keyutils/key.dns_resolver.conf.sample
BINARY = .build/release/resolver
SOURCES = Package.swift $(shell find Sources link -type f)

.DELETE_ON_ERROR:
.PHONY: all install uninstall check format test demo clean

all: $(BINARY)

# `make` as a user and then `sudo make install`: the second builds nothing, and need not find Swift.
$(BINARY): $(SOURCES)
	Scripts/install-dependencies.sh build
	swift build -c release --disable-local-rpath --product resolver
	touch $@

# The program is replaced by renaming, so that an upcall meanwhile starts the old one or the new one.
install: $(BINARY)
	@case '$(REGISTER)' in conf|dropin|none) ;; *) echo "REGISTER is not conf, dropin or none" >&2; exit 1 ;; esac
	@test '$(REGISTER)' = none || Scripts/register.sh check '$(REGISTER)' '$(PROGRAM)' '$(DESTDIR)'
	install -d '$(DESTDIR)$(SBINDIR)' '$(DESTDIR)$(dir $(SAMPLE))'
	install -m 755 $(BINARY) '$(DESTDIR)$(PROGRAM).new'
	sync '$(DESTDIR)$(PROGRAM).new'
	mv -f '$(DESTDIR)$(PROGRAM).new' '$(DESTDIR)$(PROGRAM)'
	install -m 644 etc/keyutils/key.dns_resolver.conf.sample '$(DESTDIR)$(SAMPLE)'
	install -D -m 644 docs/resolver.8 '$(DESTDIR)$(MANUAL)'
	install -D -m 644 docs/resolver.conf.5 '$(DESTDIR)$(CONF_MANUAL)'
	test '$(REGISTER)' = none || Scripts/register.sh add '$(REGISTER)' '$(PROGRAM)' '$(DESTDIR)'

# First the rule, so that it never names a program that is gone.
uninstall:
	Scripts/register.sh remove '$(PROGRAM)' '$(DESTDIR)'
	rm -f '$(DESTDIR)$(PROGRAM)' '$(DESTDIR)$(SAMPLE)' '$(DESTDIR)$(MANUAL)' '$(DESTDIR)$(CONF_MANUAL)'

# A build of its own: other compiler options would otherwise build everything anew, back and forth.
check:
	Scripts/install-dependencies.sh build check
	swift format lint --strict -r Sources Tests Package.swift
	shellcheck --severity=warning Scripts/*.sh .ci/run
	if command -v mandoc >/dev/null; then mandoc -T lint -W warning docs/*.[58]; fi
	swift build --scratch-path .build-check --build-tests -Xswiftc -warnings-as-errors
	swift build --scratch-path .build-check -c release --disable-local-rpath -Xswiftc -warnings-as-errors
	$(MAKE) test

format:
	swift format -i -r Sources Tests Package.swift

test: $(BINARY)
	Scripts/install-dependencies.sh build test
	Scripts/test.sh

demo: $(BINARY)
	Scripts/install-dependencies.sh demo
	Scripts/demo.sh $(BINARY)

clean:
	rm -rf .build .build-check

include Benchmarks/bench.mk
include Fuzz/fuzz.mk
include deploy/deploy.mk
include packaging/packaging.mk
