// Memory that processes share: mmap(2), and operations on words in it that no other process sees half done.
#pragma once

#include <stdint.h>
#include <sys/mman.h>

// NULL where mmap(2) fails, whose `MAP_FAILED` is a macro with a cast.
static inline void *linux_map_shared(int file, size_t size, int protection) {
    void *memory = mmap(NULL, size, protection, MAP_SHARED, file, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static inline uint64_t linux_atomic_load(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

// These two return what was there before.
static inline uint64_t linux_atomic_add(uint64_t *word, uint64_t value) {
    return __atomic_fetch_add(word, value, __ATOMIC_ACQ_REL);
}

static inline uint64_t linux_atomic_exchange(uint64_t *word, uint64_t value) {
    return __atomic_exchange_n(word, value, __ATOMIC_ACQ_REL);
}

// Whether the word was `expected`, and is `value` now.
static inline int linux_atomic_replace(uint64_t *word, uint64_t expected, uint64_t value) {
    return __atomic_compare_exchange_n(word, &expected, value, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
