# The end-to-end tests: the kernel's own file systems, in virtual machines. No root is needed.
#
# E2E_SCENARIOS  the scenarios to run, separated by commas
# E2E_HANDLERS   resolver, key.dns_resolver or script, separated by commas; all by default
# E2E_ACCEL      kvm or tcg (software emulation); by default kvm if the processor has it
# E2E_MIRROR     a Debian mirror
E2E = Tests/EndToEnd
E2E_SCENARIOS = killed,gone,afs
E2E_ALL = killed,gone,late,unready,silent,host,ipv6,many,referral,afs
E2E_HANDLERS = resolver,key.dns_resolver,script

.PHONY: e2e e2e-all

e2e: $(BINARY) .build-e2e/bookworm/root.cpio
	Scripts/install-dependencies.sh e2e
	$(E2E)/run.py .build-e2e/bookworm $(E2E_SCENARIOS) $(E2E_HANDLERS)

e2e-all: $(BINARY) .build-e2e/bookworm/root.cpio .build-e2e/bookworm-backports/root.cpio
	Scripts/install-dependencies.sh e2e
	$(E2E)/run.py .build-e2e/bookworm $(E2E_ALL) $(E2E_HANDLERS)
	$(E2E)/run.py .build-e2e/bookworm-backports $(E2E_ALL) $(E2E_HANDLERS)

# Kept for the next run.
.build-e2e/%/root.cpio: $(E2E)/image.sh
	Scripts/install-dependencies.sh e2e
	$(E2E)/image.sh $* $(@D)
