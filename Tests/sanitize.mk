SANITIZERS = address thread

.PHONY: sanitize $(SANITIZERS:%=sanitize-%)

# The unit tests with each sanitizer. The other tests run the release build, where it would find nothing.
sanitize: $(SANITIZERS:%=sanitize-%)

# With warnings as errors, so that no extra build is needed to find warnings. Leaks are left to the fuzzers, since
# XCTest has one of its own. Swift's own libraries are not instrumented, so what the sanitizers make of them is not
# reported.
$(SANITIZERS:%=sanitize-%): sanitize-%:
	swift build --sanitize=$* --scratch-path .build-$* --build-tests -Xswiftc -warnings-as-errors
	ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=ignore_noninstrumented_modules=1 swift test --sanitize=$* --scratch-path .build-$* --skip-build --skip UpcallTests --skip RegistrationTests
