// What the program uses from the C library and the kernel headers. Embedded Swift has no Glibc module, so both
// builds use this one.
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <poll.h>
#include <resolv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>

// The C library hides these behind _GNU_SOURCE, which a module that shares its headers with Glibc's own
// cannot define for itself.
int unshare(int flags);
int setresuid(uid_t real, uid_t effective, uid_t saved);
int setresgid(gid_t real, gid_t effective, gid_t saved);
int setgroups(size_t count, const gid_t *list);
int pipe2(int ends[2], int flags);
enum { linux_eai_nodata = -5, linux_eai_addrfamily = -9 };

// `errno` is a macro, which Swift does not import.
static inline int linux_errno(void) { return errno; }
static inline void linux_set_errno(int number) { errno = number; }

// The members of `struct sigaction`'s union have other names in each C library.
static inline int linux_handle_signal(int signal, int flags, void (*handler)(int)) {
    struct sigaction action = {.sa_flags = flags, .sa_handler = handler};
    sigfillset(&action.sa_mask);
    return sigaction(signal, &action, NULL);
}

// `SIG_IGN` is a macro with a cast.
static inline void linux_ignore_signal(int signal_number) { signal(signal_number, SIG_IGN); }

// open(2) is variadic.
static inline int linux_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

// prctl(2) is variadic.
static inline int linux_prctl(int option, unsigned long value) { return prctl(option, value, 0, 0, 0); }

// What it takes to read any file, and what the kernel shows of any process.
enum { linux_reading_capabilities = 1u << CAP_DAC_READ_SEARCH | 1u << CAP_SYS_PTRACE };

// The kernel's last resort: it ends a process that sleeps where no handler can run. timer_create(2).
static inline int linux_create_kill_timer(timer_t *timer) {
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
    return timer_create(CLOCK_MONOTONIC, &event, timer);
}

// <sys/fsuid.h> is in no module.
static inline void linux_setfsuid(uid_t account) { syscall(SYS_setfsuid, account); }

// Leaves the permitted and effective sets no other capability than those given, and the inheritable set none. capset(2)
// has no wrapper in the C library.
static inline int linux_keep_capabilities(unsigned kept) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, data) != 0) return -1;
    // One that the process never had stays away.
    kept &= data[0].permitted;
    data[0] = (struct __user_cap_data_struct){kept, kept, 0};
    data[1] = (struct __user_cap_data_struct){0, 0, 0};
    return (int)syscall(SYS_capset, &header, data);
}

