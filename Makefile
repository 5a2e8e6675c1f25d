# make            build the program
# make install    install and register it (as root); make uninstall undoes both
# make test       run the tests; make check first checks format and warnings
# make faults     measure what requesters get during faults, and write docs/faults.md (as root)
# make storm      1,000 names at once, with servers up, slow, down and silent (as root)
# make sanitize   run the unit tests with the address and the thread sanitizer
# make fuzz       fuzz all readers of untrusted input, SECONDS=20 each: docs/fuzzing.md
# make demo       show it at work with a DNS server and the kernel
# make bench      compare it with other handlers (as root); BENCH=quick takes less than a minute
# make bench-startup  only from start to exit; make bench-discovery  only finding the cluster's DNS
# make deb        a Debian package, in dist; make rpm RPM packages; make sysext an image for systemd-sysext;
#                 make selinux only the policy module
# make dist       the source archive, bill of materials and checksums of a release
# make package-check  install, upgrade and remove the packages, and build them twice (as root)
# make e2e        volumes of the kernel's own file systems survive their server's move, in virtual machines
# make e2e-all    the same with all scenarios and two kernels
#
# Variables of install and uninstall:
#   PREFIX    the program goes to PREFIX/sbin, its manual to PREFIX/share/man. It must be on a local file system: a
#             lookup that waits for a network mount may be the very lookup that the mount waits for.
#   DESTDIR   the root of the system, for building packages
#   REGISTER  conf: a rule in /etc/request-key.conf, in place of key.dns_resolver's
#             dropin: a file in /etc/request-key.d, as packages do
#             none: install files only
# request-key and the program look for their files only in /etc, so there is no variable for that.

PREFIX = /usr/local
SBINDIR = $(PREFIX)/sbin
MANDIR = $(PREFIX)/share/man
DESTDIR =
REGISTER = conf

PROGRAM = $(SBINDIR)/resolver
MANUAL = $(MANDIR)/man8/resolver.8
CONF_MANUAL = $(MANDIR)/man5/resolver.conf.5
COMPLETIONS = $(PREFIX)/share
BASH_COMPLETION = $(COMPLETIONS)/bash-completion/completions/resolver
ZSH_COMPLETION = $(COMPLETIONS)/zsh/site-functions/_resolver
FISH_COMPLETION = $(COMPLETIONS)/fish/vendor_completions.d/resolver.fish
SAMPLE = /etc/keyutils/key.dns_resolver.conf.sample
BINARY = .build/release/resolver
SOURCES = Package.swift $(shell find Sources link -type f)
# What swift-format checks; Fuzz contains the modules of Sources again, as symbolic links.
SWIFT_FILES = Sources Tests Package.swift Fuzz/Package.swift Fuzz/Sources/Fuzzing $(wildcard Fuzz/Sources/fuzz-*)

.DELETE_ON_ERROR:
.PHONY: all install uninstall check format test faults storm demo clean

all: $(BINARY)

# After `make` as a user, `sudo make install` builds nothing, and does not need Swift.
$(BINARY): $(SOURCES)
	Scripts/install-dependencies.sh build
	swift build -c release --disable-local-rpath --product resolver
	touch $@

# The program is replaced by renaming, so that an upcall during this starts the old one or the new one.
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
	install -D -m 644 etc/completion/resolver.bash '$(DESTDIR)$(BASH_COMPLETION)'
	install -D -m 644 etc/completion/_resolver '$(DESTDIR)$(ZSH_COMPLETION)'
	install -D -m 644 etc/completion/resolver.fish '$(DESTDIR)$(FISH_COMPLETION)'
	test '$(REGISTER)' = none || Scripts/register.sh add '$(REGISTER)' '$(PROGRAM)' '$(DESTDIR)'
	@echo "To check every link of the chain: sudo $(PROGRAM) --check$(if $(DESTDIR), --root '$(DESTDIR)')"

# The rule goes first, so that it never names a program that is gone.
uninstall:
	Scripts/register.sh remove '$(PROGRAM)' '$(DESTDIR)'
	rm -f '$(DESTDIR)$(PROGRAM)' '$(DESTDIR)$(SAMPLE)' '$(DESTDIR)$(MANUAL)' '$(DESTDIR)$(CONF_MANUAL)' \
		'$(DESTDIR)$(BASH_COMPLETION)' '$(DESTDIR)$(ZSH_COMPLETION)' '$(DESTDIR)$(FISH_COMPLETION)'

# In a separate build directory: switching compiler options in one would rebuild everything each time.
check:
	Scripts/install-dependencies.sh build check
	swift format lint --strict -r $(SWIFT_FILES)
	shellcheck --severity=warning Scripts/*.sh Tests/EndToEnd/*.sh Tests/EndToEnd/guest/*.sh .ci/run $(PACKAGING_SCRIPTS)
	if command -v mandoc >/dev/null; then mandoc -T lint -W warning docs/*.[58]; fi
	bash -n etc/completion/resolver.bash
	if command -v zsh >/dev/null; then zsh -n etc/completion/_resolver; fi
	if command -v fish >/dev/null; then fish --no-execute etc/completion/resolver.fish; fi
	swift build --scratch-path .build-check -c release --disable-local-rpath -Xswiftc -warnings-as-errors
	$(MAKE) sanitize test

format:
	swift format -i -r $(SWIFT_FILES)

test: $(BINARY)
	Scripts/install-dependencies.sh build test
	Scripts/test.sh

faults: $(BINARY)
	FAULT_TABLE='$(CURDIR)/docs/faults.md' RESOLVER_REQUIRE_KERNEL=1 Scripts/test.sh --filter FaultTableTests

storm: $(BINARY)
	STORM=full RESOLVER_REQUIRE_KERNEL=1 Scripts/test.sh --filter StormTests

demo: $(BINARY)
	Scripts/install-dependencies.sh demo
	Scripts/demo.sh $(BINARY)

clean:
	rm -rf .build .build-check $(SANITIZERS:%=.build-%) $(FUZZ_BUILD) dist .build-e2e

include Benchmarks/bench.mk
include Fuzz/fuzz.mk
include Tests/sanitize.mk
include deploy/deploy.mk
include packaging/packaging.mk
include Tests/EndToEnd/e2e.mk
