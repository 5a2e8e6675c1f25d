// System calls on files and directories for which not every glibc in use declares a wrapper.
#pragma once

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

// <fcntl.h> hides the name without underscores behind _GNU_SOURCE.
enum { linux_o_path = __O_PATH };

// openat(2) is variadic.
static inline int linux_openat(int directory, const char *path, int flags) { return openat(directory, path, flags); }

static inline int linux_openat2(int directory, const char *path, int flags, unsigned long long resolve) {
    struct open_how how = {.flags = (unsigned int)flags, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

// close_range(2), since Linux 5.9. The C library has it since version 2.34, but only with _GNU_SOURCE.
static inline int linux_close_range(unsigned int first, unsigned int last) {
#ifdef SYS_close_range
    return (int)syscall(SYS_close_range, first, last, 0);
#else
    return -1;
#endif
}

static inline long linux_getdents(int directory, void *buffer, size_t size) {
    return syscall(SYS_getdents64, directory, buffer, size);
}
