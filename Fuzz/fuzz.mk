# How long each target runs, in seconds.
SECONDS = 20
FUZZ_TARGETS = $(notdir $(wildcard Fuzz/Sources/fuzz-*))
FUZZ_BUILD = Fuzz/.build
# How long one input may take, in seconds, and how much memory, in MiB.
FUZZ_OPTIONS = -max_len=16384 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1

.PHONY: fuzz fuzz-build fuzz-seeds $(FUZZ_TARGETS)

# All targets one after another; `make -j2 fuzz` runs two at a time, `make fuzz-dns-message` only that one.
fuzz: $(FUZZ_TARGETS)

fuzz-build:
	Scripts/install-dependencies.sh build fuzz
	swift build --package-path Fuzz

# New inputs are kept in $(FUZZ_BUILD)/corpus for the next run, findings in $(FUZZ_BUILD)/findings.
$(FUZZ_TARGETS): fuzz-build
	@mkdir -p $(FUZZ_BUILD)/corpus/$@ $(FUZZ_BUILD)/findings
	@echo '$@, $(SECONDS) s'
	@$(FUZZ_BUILD)/debug/$@ $(FUZZ_OPTIONS) -max_total_time=$(SECONDS) \
	    -artifact_prefix=$(FUZZ_BUILD)/findings/$@- $(FUZZ_BUILD)/corpus/$@ Fuzz/Corpus/$@ \
	    >$(FUZZ_BUILD)/$@.log 2>&1 || { tail -n 60 $(FUZZ_BUILD)/$@.log; exit 1; }
	@grep DONE $(FUZZ_BUILD)/$@.log

# Only the seeds, which takes a moment.
fuzz-seeds: fuzz-build
	@set -e; for target in $(FUZZ_TARGETS); do \
	    $(FUZZ_BUILD)/debug/$$target $(FUZZ_OPTIONS) Fuzz/Corpus/$$target/* >$(FUZZ_BUILD)/$$target.log 2>&1 || \
	        { tail -n 60 $(FUZZ_BUILD)/$$target.log; exit 1; }; \
	done

check: fuzz-seeds
