# How many upcalls: quick, or empty for all.
BENCH =
# Another build of the program to compare with.
EARLIER =

.PHONY: bench bench-startup bench-discovery

bench: $(BINARY)
	Scripts/install-dependencies.sh bench
	Benchmarks/bench.py $(BENCH:%=--%) $(BINARY) $(EARLIER)

bench-startup: $(BINARY)
	Scripts/install-dependencies.sh bench
	Benchmarks/startup.py $(BINARY)

bench-discovery: $(BINARY)
	Scripts/install-dependencies.sh bench
	Benchmarks/discovery.py $(BINARY)
