# How many upcalls: quick, or nothing for the whole.
BENCH =

.PHONY: bench bench-startup bench-discovery

bench: $(BINARY)
	Scripts/install-dependencies.sh bench
	Benchmarks/bench.py $(BENCH:%=--%) $(BINARY)

bench-startup: $(BINARY)
	Scripts/install-dependencies.sh bench
	Benchmarks/startup.py $(BINARY)

bench-discovery: $(BINARY)
	Scripts/install-dependencies.sh bench
	Benchmarks/discovery.py $(BINARY)
