# How many upcalls: quick, or nothing for the whole.
BENCH =

.PHONY: bench bench-startup

bench: $(BINARY)
	Scripts/install-dependencies.sh bench
	Benchmarks/bench.py $(BENCH:%=--%) $(BINARY)

bench-startup: $(BINARY)
	Scripts/install-dependencies.sh bench
	Benchmarks/startup.py $(BINARY)
