// Memory that processes share: mmap(2), and atomic operations on words in it.
#pragma once

#include <stdint.h>
#include <sys/mman.h>

// Returns NULL if mmap(2) fails: `MAP_FAILED` is a macro with a cast.
static inline void *linux_map_shared(int file, size_t size, int protection) {
    void *memory = mmap(NULL, size, protection, MAP_SHARED, file, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

// Memory without a file, which children share. `MAP_ANONYMOUS` is hidden behind _DEFAULT_SOURCE.
static inline void *linux_map_shared_memory(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | 0x20, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static inline uint64_t linux_atomic_load(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

// These two return the previous value.
static inline uint64_t linux_atomic_add(uint64_t *word, uint64_t value) {
    return __atomic_fetch_add(word, value, __ATOMIC_ACQ_REL);
}

static inline uint64_t linux_atomic_exchange(uint64_t *word, uint64_t value) {
    return __atomic_exchange_n(word, value, __ATOMIC_ACQ_REL);
}

// Returns whether the word was `expected`, and now is `value`.
static inline int linux_atomic_replace(uint64_t *word, uint64_t expected, uint64_t value) {
    return __atomic_compare_exchange_n(word, &expected, value, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
