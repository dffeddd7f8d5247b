"""System calls that are denied to a hook's process, because their effects could outlive it or reach other processes."""

import os

# By name: the number on x86-64 and on arm64; -1 if it does not exist.
_NUMBERS = {
    # Creating processes, or executing another program.
    "clone": (56, 220), "fork": (57, -1), "vfork": (58, -1), "clone3": (435, 435), "execve": (59, 221),
    "execveat": (322, 281), "unshare": (272, 97), "setns": (308, 268), "personality": (135, 92),
    # Affecting other processes.
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    # Settings of other processes, which the next hook would inherit.
    "prlimit64": (302, 261), "setrlimit": (160, 164), "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274), "setpriority": (141, 140), "ioprio_set": (251, 30),
    "setpgid": (109, 154), "setsid": (112, 157), "move_pages": (279, 239), "migrate_pages": (256, 238),
    # Objects that exist without a process or a file of the workspace.
    "mq_open": (240, 180), "mq_unlink": (241, 181), "shmget": (29, 194), "shmat": (30, 196), "semget": (64, 190),
    "msgget": (68, 186), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "memfd_create": (319, 279), "io_uring_setup": (425, 425), "mknod": (133, -1), "mknodat": (259, 33),
    # Names for files outside the workspace.
    "symlink": (88, -1), "symlinkat": (266, 36), "link": (86, -1), "linkat": (265, 37), "mount": (165, 40),
    "chroot": (161, 51), "pivot_root": (155, 41), "open_by_handle_at": (304, 265),
    # Accepting connections.
    "bind": (49, 200), "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242),
}  # fmt: skip
_X86_64, _ARM64 = 0xC000003E, 0xC00000B7

_column = 0 if os.uname().machine == "x86_64" else 1
ARCHITECTURE = (_X86_64, _ARM64)[_column]
SOCKET = (41, 198)[_column]
REFUSED = tuple(numbers[_column] for numbers in _NUMBERS.values() if numbers[_column] >= 0)
