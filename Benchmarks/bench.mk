# How many upcalls: quick, or nothing for the whole.
BENCH =

.PHONY: bench bench-startup bench-discovery order

bench: $(BINARY)
	Scripts/install-dependencies.sh bench
	Benchmarks/bench.py $(BENCH:%=--%) $(BINARY)

bench-startup: $(BINARY)
	Scripts/install-dependencies.sh bench
	Benchmarks/startup.py $(BINARY)

bench-discovery: $(BINARY)
	Scripts/install-dependencies.sh bench
	Benchmarks/discovery.py $(BINARY)

# Where functions lie, for the linker: worth a try after larger changes of what an upcall does.
order: $(BINARY)
	Scripts/install-dependencies.sh bench
	touch Package.swift
	swift build -c release --disable-local-rpath --product resolver -Xlinker -Map='$(CURDIR)/.build/resolver.map'
	Benchmarks/order.py $(BINARY) .build/resolver.map >link/order.new
	mv link/order.new link/order
