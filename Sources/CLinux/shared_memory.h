// Memory that processes share: mmap(2), and atomic operations on words in it.
#pragma once

#include <stdint.h>
#include <sys/mman.h>

// Without a file, -1, children share the memory. `MAP_ANONYMOUS`, 0x20, is hidden behind _DEFAULT_SOURCE. Returns NULL if
// mmap(2) fails: `MAP_FAILED` is a macro with a cast.
static inline void *linux_map_shared(int file, size_t size, int protection) {
    void *memory = mmap(NULL, size, protection, MAP_SHARED | (file < 0 ? 0x20 : 0), file, 0);
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
