// The seccomp filter, as a constant so that it costs nothing to build: seccomp(2), bpf(4).
#pragma once

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

// Of linux/keyctl.h, which cannot be included: it defines structures that keyutils.h, in another module, defines
// differently.
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

// Lets this thread make the system calls that resolving a name and answering a key need, NSS modules of the host
// included; any other fails with ENOSYS, for which the C library has another way where there is one. The thread must
// have no_new_privs.
static inline int linux_filter_system_calls(void) {
    static const struct sock_filter filter[] = {
        LINUX_LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LINUX_AUDIT_ARCH, 1, 0),
        LINUX_RETURN(SECCOMP_RET_KILL_PROCESS),
        LINUX_LOAD(nr),
        // Files.
        LINUX_ALLOW(SYS_openat),
        LINUX_ALLOW(SYS_close),
        LINUX_ALLOW(SYS_read),
        LINUX_ALLOW(SYS_readv),
        LINUX_ALLOW(SYS_pread64),
        LINUX_ALLOW(SYS_write),
        LINUX_ALLOW(SYS_writev),
        LINUX_ALLOW(SYS_lseek),
        LINUX_ALLOW(SYS_fstat),
        LINUX_ALLOW(SYS_newfstatat),
        LINUX_ALLOW(SYS_statx),
        LINUX_ALLOW(SYS_statfs),
        LINUX_ALLOW(SYS_fstatfs),
        LINUX_ALLOW(SYS_faccessat),
        LINUX_ALLOW(SYS_faccessat2),
        LINUX_ALLOW(SYS_readlinkat),
        LINUX_ALLOW(SYS_getdents64),
        LINUX_ALLOW(SYS_getcwd),
        LINUX_ALLOW(SYS_fcntl),
        LINUX_ALLOW(SYS_ioctl),
        LINUX_ALLOW(SYS_dup),
        LINUX_ALLOW(SYS_dup3),
        LINUX_ALLOW(SYS_pipe2),
        LINUX_ALLOW(SYS_eventfd2),
        LINUX_ALLOW(SYS_memfd_create),
        // Sockets.
        LINUX_ALLOW(SYS_socket),
        LINUX_ALLOW(SYS_socketpair),
        LINUX_ALLOW(SYS_connect),
        LINUX_ALLOW(SYS_bind),
        LINUX_ALLOW(SYS_sendto),
        LINUX_ALLOW(SYS_sendmsg),
        LINUX_ALLOW(SYS_sendmmsg),
        LINUX_ALLOW(SYS_recvfrom),
        LINUX_ALLOW(SYS_recvmsg),
        LINUX_ALLOW(SYS_recvmmsg),
        LINUX_ALLOW(SYS_shutdown),
        LINUX_ALLOW(SYS_getsockname),
        LINUX_ALLOW(SYS_getpeername),
        LINUX_ALLOW(SYS_setsockopt),
        LINUX_ALLOW(SYS_getsockopt),
        // Waiting.
        LINUX_ALLOW(SYS_ppoll),
        LINUX_ALLOW(SYS_pselect6),
        LINUX_ALLOW(SYS_epoll_create1),
        LINUX_ALLOW(SYS_epoll_ctl),
        LINUX_ALLOW(SYS_epoll_pwait),
        LINUX_ALLOW(SYS_timerfd_create),
        LINUX_ALLOW(SYS_timerfd_settime),
        LINUX_ALLOW(SYS_setitimer),
        LINUX_ALLOW(SYS_nanosleep),
        LINUX_ALLOW(SYS_clock_nanosleep),
        LINUX_ALLOW(SYS_clock_gettime),
        LINUX_ALLOW(SYS_clock_getres),
        LINUX_ALLOW(SYS_gettimeofday),
        // Memory.
        LINUX_ALLOW(SYS_brk),
        LINUX_ALLOW(SYS_mmap),
        LINUX_ALLOW(SYS_munmap),
        LINUX_ALLOW(SYS_mremap),
        LINUX_ALLOW(SYS_mprotect),
        LINUX_ALLOW(SYS_madvise),
        LINUX_ALLOW(SYS_getrandom),
        // Threads, which NSS modules may start, and signals.
        LINUX_ALLOW(SYS_futex),
        LINUX_ALLOW(SYS_clone),
        LINUX_ALLOW(SYS_clone3),
        LINUX_ALLOW(SYS_set_robust_list),
        LINUX_ALLOW(SYS_rseq),
        LINUX_ALLOW(SYS_membarrier),
        LINUX_ALLOW(SYS_sched_yield),
        LINUX_ALLOW(SYS_sched_getaffinity),
        LINUX_ALLOW(SYS_prlimit64),
        LINUX_ALLOW(SYS_rt_sigaction),
        LINUX_ALLOW(SYS_rt_sigprocmask),
        LINUX_ALLOW(SYS_rt_sigreturn),
        LINUX_ALLOW(SYS_sigaltstack),
        LINUX_ALLOW(SYS_restart_syscall),
        LINUX_ALLOW(SYS_tgkill),
        LINUX_ALLOW(SYS_exit),
        LINUX_ALLOW(SYS_exit_group),
        // Who and where the process is.
        LINUX_ALLOW(SYS_getpid),
        LINUX_ALLOW(SYS_gettid),
        LINUX_ALLOW(SYS_getuid),
        LINUX_ALLOW(SYS_geteuid),
        LINUX_ALLOW(SYS_getgid),
        LINUX_ALLOW(SYS_getegid),
        LINUX_ALLOW(SYS_uname),
        LINUX_ALLOW(SYS_sysinfo),
#if defined(__x86_64__)
        // The same under the names they had before aarch64.
        LINUX_ALLOW(SYS_open),
        LINUX_ALLOW(SYS_stat),
        LINUX_ALLOW(SYS_lstat),
        LINUX_ALLOW(SYS_access),
        LINUX_ALLOW(SYS_readlink),
        LINUX_ALLOW(SYS_dup2),
        LINUX_ALLOW(SYS_poll),
        LINUX_ALLOW(SYS_select),
        LINUX_ALLOW(SYS_epoll_wait),
        LINUX_ALLOW(SYS_arch_prctl),
        LINUX_ALLOW(SYS_time),
#endif
        // Answering the key, and nothing else that has to do with keys.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_keyctl, 0, 7),
        LINUX_LOAD(args[0]),
        LINUX_ALLOW(LINUX_KEYCTL_SET_TIMEOUT),
        LINUX_ALLOW(LINUX_KEYCTL_INSTANTIATE),
        LINUX_ALLOW(LINUX_KEYCTL_REJECT),
        LINUX_RETURN(SECCOMP_RET_ERRNO | ENOSYS),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], (struct sock_filter *)filter};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
