// What the program takes from the C library and the kernel headers. Embedded Swift has no Glibc module, so this
// one serves both builds.
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

#include <linux/sched.h>

// <sched.h> and <netdb.h> hide these behind _GNU_SOURCE, which a module that shares its headers with Glibc's own
// cannot define for itself.
int unshare(int flags);
enum { linux_eai_nodata = -5, linux_eai_addrfamily = -9 };

// `errno` is a macro, which Swift does not import.
static inline int linux_errno(void) { return errno; }

// The members of `struct sigaction`'s union have other names in each C library.
static inline int linux_handle_signal(int signal, int flags, void (*handler)(int)) {
    struct sigaction action = {.sa_flags = flags, .sa_handler = handler};
    sigfillset(&action.sa_mask);
    return sigaction(signal, &action, NULL);
}

// open(2) is variadic.
static inline int linux_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
