# make bench                upcalls through the kernel, compared with other handlers (as root)
# make bench BENCH=quick    the same with fewer upcalls, in less than a minute
# make bench-startup        start to exit alone
BENCH =

.PHONY: bench bench-startup

bench: $(BINARY)
	Benchmarks/bench.py $(BENCH:%=--%) $(BINARY)

bench-startup: $(BINARY)
	Benchmarks/startup.py $(BINARY)
