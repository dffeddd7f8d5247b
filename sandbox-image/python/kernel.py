"""What only the kernel's interface can do. Asked for once, before any bot is there; then the way to it is closed."""

import ctypes
import struct
import sys
from collections.abc import Callable

from system_calls import ARCHITECTURE, REFUSED, SOCKET

PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None)
# Orphans of a hook become our children also where we are not the first process.
_libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
# Nobody with the same user may read or write our memory through /proc.
_libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def type_changed(changed: type) -> None:
    """Tells the interpreter to forget what it remembers of a type's members."""
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(changed))


def confinement() -> Callable[[], None]:
    """A function that has the kernel refuse this process, for ever, what no bot needs. Raises an OSError where it cannot."""
    program = ctypes.create_string_buffer(_filter())
    pointer = ctypes.create_string_buffer(struct.pack("@HP", len(program.raw) // 8, ctypes.addressof(program)))
    prctl = _libc.prctl

    def confine() -> None:
        if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, pointer, 0, 0):
            raise OSError("the kernel does not confine the bot")

    confine.keeps = program
    return confine


def close_doors() -> None:
    global ctypes, _libc
    del ctypes, _libc
    for name in [name for name in sys.modules if name.partition(".")[0] in ("ctypes", "_ctypes")]:
        del sys.modules[name]


def _filter() -> bytes:
    """A program for the kernel's packet filter, over `u32 number, u32 architecture, u64 address, u64 arguments[6]`."""
    load, is_equal, is_least, answer = 0x20, 0x15, 0x35, 0x06
    kill, allow, refuse = 0x80000000, 0x7FFF0000, 0x00050000 | 1
    lines = [
        (load, 0, 0, 4),
        (is_equal, 1, 0, ARCHITECTURE),
        (answer, 0, 0, kill),
        (load, 0, 0, 0),
        # The second table of numbers that x86 has.
        (is_least, 0, 1, 0x40000000),
        (answer, 0, 0, kill),
    ]
    for number in REFUSED:
        lines += [(is_equal, 0, 1, number), (answer, 0, 0, refuse)]
    # Of sockets only those of the internet's first family, whose only way leads to the tunnels.
    lines += [(is_equal, 1, 0, SOCKET), (answer, 0, 0, allow), (load, 0, 0, 16), (is_equal, 0, 1, 2), (answer, 0, 0, allow)]
    lines += [(answer, 0, 0, refuse)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
