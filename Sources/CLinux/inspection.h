// Needed only for inspecting the host: terminals, file systems, and extended attributes of files.
#pragma once

#include <sys/ioctl.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>

// <sys/statvfs.h> hides the name without the prefix behind _GNU_SOURCE.
enum { linux_st_noexec = 8 };

// ioctl(2) is variadic. The width of a terminal in characters; 0 if it is not known.
static inline int linux_terminal_width(int terminal) {
    struct winsize size = {0};
    return ioctl(terminal, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// The members of `struct utsname` are arrays, which Swift imports as tuples.
static inline int linux_kernel_release(char *release, size_t size) {
    struct utsname name;
    if (uname(&name) < 0) return -1;
    strncpy(release, name.release, size - 1);
    release[size - 1] = 0;
    return 0;
}
