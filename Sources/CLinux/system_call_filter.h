// The seccomp filter, almost constant so that it costs nothing to build: seccomp(2), bpf(4).
#pragma once

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

// From linux/keyctl.h, which cannot be included: it defines structures that keyutils.h, in another module, defines
// differently.
#define LINUX_KEYCTL_DESCRIBE 6
#define LINUX_KEYCTL_INSTANTIATE 12
#define LINUX_KEYCTL_SET_TIMEOUT 15
#define LINUX_KEYCTL_REJECT 19

#if defined(__x86_64__)
#define LINUX_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define LINUX_AUDIT_ARCH AUDIT_ARCH_AARCH64
#else
#error "the system call filter does not know this architecture"
#endif

#define LINUX_LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define LINUX_RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)
#define LINUX_ALLOW(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1), LINUX_RETURN(SECCOMP_RET_ALLOW)

// Files.
#define LINUX_FILES(is, w) \
    is(w, openat) is(w, close) is(w, read) is(w, readv) is(w, pread64) is(w, pwrite64) is(w, write) \
    is(w, writev) is(w, lseek) is(w, fstat) is(w, newfstatat) is(w, statx) is(w, statfs) is(w, fstatfs) \
    is(w, faccessat) is(w, faccessat2) is(w, readlinkat) is(w, getdents64) is(w, getcwd) is(w, fcntl) is(w, ioctl) is(w, dup) is(w, dup3) \
    is(w, pipe2) is(w, eventfd2) is(w, memfd_create)
// Sockets.
#define LINUX_SOCKETS(is, w) \
    is(w, socket) is(w, connect) is(w, bind) is(w, sendto) is(w, sendmsg) is(w, sendmmsg) \
    is(w, recvfrom) is(w, recvmsg) is(w, recvmmsg) is(w, shutdown) is(w, getsockname) is(w, getpeername) \
    is(w, setsockopt) is(w, getsockopt)
// Waiting.
#define LINUX_WAITING(is, w) \
    is(w, ppoll) is(w, pselect6) is(w, epoll_create1) is(w, epoll_ctl) is(w, epoll_pwait) is(w, timerfd_create) \
    is(w, timerfd_settime) is(w, setitimer) is(w, nanosleep) is(w, clock_nanosleep) is(w, clock_gettime) \
    is(w, clock_getres) is(w, gettimeofday)
// Memory.
#define LINUX_MEMORY(is, w) \
    is(w, brk) is(w, mmap) is(w, munmap) is(w, mremap) is(w, mprotect) is(w, madvise) is(w, getrandom)
// Threads and signals.
#define LINUX_THREADS(is, w) \
    is(w, futex) is(w, set_robust_list) is(w, rseq) is(w, membarrier) is(w, sched_yield) is(w, sched_getaffinity) \
    is(w, prlimit64) is(w, rt_sigaction) is(w, rt_sigprocmask) is(w, rt_sigreturn) is(w, sigaltstack) \
    is(w, restart_syscall) is(w, exit) is(w, exit_group)
// The identity of the process and the system.
#define LINUX_IDENTITY(is, w) \
    is(w, getpid) is(w, gettid) is(w, getuid) is(w, geteuid) is(w, getgid) is(w, getegid) is(w, uname) \
    is(w, sysinfo)
#if defined(__x86_64__)
// The same calls under the names they had before aarch64.
#define LINUX_OLD(is, w) \
    is(w, open) is(w, stat) is(w, lstat) is(w, access) is(w, readlink) is(w, dup2) is(w, poll) is(w, select) \
    is(w, epoll_wait) is(w, arch_prctl) is(w, time)
#else
#define LINUX_OLD(is, w)
#endif

// Starting a program that loads modules of the C library.
#define LINUX_PROGRAMS(is, w) \
    is(w, clone) is(w, clone3) is(w, execve) is(w, wait4) is(w, set_tid_address) is(w, close_range) is(w, socketpair) \
    is(w, setresuid)
// Reading trees of files and of processes.
#define LINUX_TREES(is, w) is(w, openat2) is(w, fgetxattr)

// What the process does from now on.
enum linux_activity { LINUX_RESOLVES, LINUX_RESOLVES_WITH_PROGRAMS, LINUX_READS };

// The allowed system calls with the numbers 32 * word to 32 * word + 31, one bit each.
#define LINUX_BIT(word, call) | (SYS_##call / 32 == (word) ? 1u << SYS_##call % 32 : 0u)
#define LINUX_BITS(word) \
    (0u LINUX_FILES(LINUX_BIT, word) LINUX_WAITING(LINUX_BIT, word) LINUX_MEMORY(LINUX_BIT, word) \
         LINUX_THREADS(LINUX_BIT, word) LINUX_IDENTITY(LINUX_BIT, word) LINUX_OLD(LINUX_BIT, word))
#define LINUX_SOCKET_BITS(word) (0u LINUX_SOCKETS(LINUX_BIT, word))
#define LINUX_PROGRAM_BITS(word) (0u LINUX_PROGRAMS(LINUX_BIT, word))
#define LINUX_TREE_BITS(word) (0u LINUX_TREES(LINUX_BIT, word))

// If the number is in this word, loads its bits and jumps past the last word.
#define LINUX_LAST_WORD 14
#define LINUX_WORD(word) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, word, 0, 2), \
        BPF_STMT( \
            BPF_LD | BPF_IMM, LINUX_BITS(word) | (activity == LINUX_READS ? LINUX_TREE_BITS(word) : LINUX_SOCKET_BITS(word)) \
                                  | (activity == LINUX_RESOLVES_WITH_PROGRAMS ? LINUX_PROGRAM_BITS(word) : 0u)), \
        BPF_STMT(BPF_JMP | BPF_JA, 3 * (LINUX_LAST_WORD - (word)) + 1)

// Allows this thread the system calls that its activity needs; any other call fails with ENOSYS, so that the C library
// falls back to another way if it has one. LINUX_RESOLVES is resolving a name over the network and answering a key.
// With programs, the thread may also start one that loads the host's NSS modules and queries daemons of this machine
// over local sockets; without, no memory becomes executable. LINUX_READS is reading files only. The thread must have
// no_new_privs.
//
// Installing a filter costs time for each of its instructions, so the calls are bits in a few words, not
// comparisons. It also costs time for each system call on which the kernel tries the filter beforehand, to learn
// which calls are always allowed; the kernel gives up at the first instruction that it does not expect there.
static inline int linux_filter_system_calls(enum linux_activity activity) {
    // No system call has this number.
    const unsigned none = ~0u;
    const int programs = activity == LINUX_RESOLVES_WITH_PROGRAMS;
    const struct sock_filter filter[] = {
        BPF_STMT(BPF_LDX | BPF_IMM, 0),
        LINUX_LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LINUX_AUDIT_ARCH, 1, 0),
        LINUX_RETURN(SECCOMP_RET_KILL_PROCESS),
        LINUX_LOAD(nr),
        // Answering the key, and finding the requester.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, activity == LINUX_READS ? none : SYS_keyctl, 0, 10),
        LINUX_LOAD(args[0]),
        LINUX_ALLOW(LINUX_KEYCTL_DESCRIBE),
        LINUX_ALLOW(LINUX_KEYCTL_SET_TIMEOUT),
        LINUX_ALLOW(LINUX_KEYCTL_INSTANTIATE),
        LINUX_ALLOW(LINUX_KEYCTL_REJECT),
        LINUX_RETURN(SECCOMP_RET_ERRNO | ENOSYS),
        // The network, and the kernel's own tables of addresses and routes.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, activity == LINUX_RESOLVES ? SYS_socket : none, 0, 10),
        LINUX_LOAD(args[0]),
        LINUX_ALLOW(AF_INET),
        LINUX_ALLOW(AF_INET6),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 3),
        LINUX_LOAD(args[2]),
        LINUX_ALLOW(NETLINK_ROUTE),
        LINUX_RETURN(SECCOMP_RET_ERRNO | EAFNOSUPPORT),
        // New executable memory.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, programs ? none : SYS_mmap, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, programs ? none : SYS_mprotect, 0, 3),
        LINUX_LOAD(args[2]),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
        LINUX_RETURN(SECCOMP_RET_ERRNO | EACCES),
        // A program that is started ends with this process.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, programs ? SYS_prctl : none, 0, 3),
        LINUX_LOAD(args[0]),
        LINUX_ALLOW(PR_SET_PDEATHSIG),
        // X = number % 32, A = number / 32.
        LINUX_LOAD(nr),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 31),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        LINUX_LOAD(nr),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 5),
        LINUX_WORD(0), LINUX_WORD(1), LINUX_WORD(2), LINUX_WORD(3), LINUX_WORD(4),
        LINUX_WORD(5), LINUX_WORD(6), LINUX_WORD(7), LINUX_WORD(8), LINUX_WORD(9),
        LINUX_WORD(10), LINUX_WORD(11), LINUX_WORD(12), LINUX_WORD(13), LINUX_WORD(LINUX_LAST_WORD),
        BPF_STMT(BPF_LD | BPF_IMM, 0),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_X, 0),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 0, 1),
        LINUX_RETURN(SECCOMP_RET_ALLOW),
        LINUX_RETURN(SECCOMP_RET_ERRNO | ENOSYS),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], (struct sock_filter *)filter};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
