// `node scripts/seccomp.mjs && npm run format`: generates sandbox-image/seccomp.json, the system calls that a sandbox
// may make, grouped by purpose. Other calls fail with EPERM.
import { writeFileSync } from 'node:fs';

const ALLOWED = {
  memory: 'brk madvise membarrier mlock mmap mprotect mremap msync munlock munmap',
  'processes and threads': `
    arch_prctl execve exit exit_group futex futex_waitv getpgid getpgrp getpid getppid gettid kill pause prctl
    restart_syscall rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
    sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
    sched_setaffinity sched_yield set_robust_list set_tid_address setpgid setsid sigaltstack tgkill wait4 waitid`,
  'who and how much': `
    capget capset getegid geteuid getgid getgroups getpriority getresgid getresuid getrlimit getrusage getuid prlimit64 setgid
    setgroups setresgid setresuid setrlimit setuid sysinfo times umask uname`,
  time: `
    clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time timerfd_create timerfd_gettime
    timerfd_settime`,
  'open files': `
    close close_range copy_file_range dup dup2 dup3 fadvise64 fallocate fcntl fdatasync flock fstat fstatfs fsync ftruncate
    getdents64 ioctl lseek pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readv sendfile write writev`,
  'files by name': `
    access chdir chmod faccessat faccessat2 fchdir fchmod fchmodat getcwd link linkat lstat mkdir mkdirat newfstatat open openat
    openat2 readlink readlinkat rename renameat renameat2 rmdir stat statfs statx symlink symlinkat truncate unlink unlinkat
    utimensat`,
  'waiting for several': `
    epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd2 pipe pipe2 poll ppoll pselect6 select`,
  'sockets inside the sandbox': `
    accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg sendmsg sendto
    setsockopt shutdown socketpair`,
  chance: 'getrandom',
};

/** Programs try these calls and use an alternative if the kernel answers that they do not exist (ENOSYS). */
const UNKNOWN = 'clone3 io_uring_enter io_uring_register io_uring_setup landlock_create_ruleset memfd_create';
const ENOSYS = 38;
const EPERM = 1;

const FAMILIES = { AF_UNIX: 1, AF_INET: 2, AF_INET6: 10 };

/** Only this flag of personality is allowed: addresses that are the same in every run. */
const ADDR_NO_RANDOMIZE = 0x0040000;

/** All CLONE_NEW… flags: threads and processes are allowed, new namespaces are not. */
const NAMESPACES = 0x7e020000;

const names = (text) => text.trim().split(/\s+/).sort();
const allow = (list, args) => ({ names: list, action: 'SCMP_ACT_ALLOW', ...(args && { args: [args] }) });

const profile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: EPERM,
  archMap: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'].map((architecture) => ({ architecture, subArchitectures: [] })),
  syscalls: [
    ...Object.values(ALLOWED).map((text) => allow(names(text))),
    allow(['clone'], { index: 0, value: NAMESPACES, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }),
    ...Object.values(FAMILIES).map((value) => allow(['socket'], { index: 0, value, op: 'SCMP_CMP_EQ' })),
    allow(['personality'], { index: 0, value: ADDR_NO_RANDOMIZE, valueTwo: 0, op: 'SCMP_CMP_EQ' }),
    { names: names(UNKNOWN), action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
  ],
};

writeFileSync(new URL('../sandbox-image/seccomp.json', import.meta.url), `${JSON.stringify(profile, null, 2)}\n`);
