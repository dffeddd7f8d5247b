"""System interfaces, called through ctypes. Used before a bot is loaded; then access to ctypes is closed."""

import ctypes
import gc
import struct
import sys
from collections.abc import Callable
from typing import Any

from system_calls import ARCHITECTURE, REFUSED, SOCKET

PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None)
# Orphaned processes of a hook become our children, even if we are not process 1.
_libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
# Other processes of the same user may not access our memory through /proc.
_libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def type_changed(changed: type) -> None:
    """Invalidates the interpreter's cache of a type's attributes."""
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(changed))


def set_member(kind: type, name: str, value: Any) -> None:
    """Sets an attribute of a built-in type, which cannot be assigned to."""
    gc.get_referents(kind.__dict__)[0][name] = value
    type_changed(kind)


def confinement() -> Callable[[], None]:
    """A function that installs a permanent seccomp filter for this process. Raises an OSError if that fails."""
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
    """A BPF program over `u32 number, u32 architecture, u64 address, u64 arguments[6]`."""
    load, is_equal, is_least, answer = 0x20, 0x15, 0x35, 0x06
    kill, allow, refuse = 0x80000000, 0x7FFF0000, 0x00050000 | 1
    lines = [
        (load, 0, 0, 4),
        (is_equal, 1, 0, ARCHITECTURE),
        (answer, 0, 0, kill),
        (load, 0, 0, 0),
        # The x32 system calls of x86-64.
        (is_least, 0, 1, 0x40000000),
        (answer, 0, 0, kill),
    ]
    for number in REFUSED:
        lines += [(is_equal, 0, 1, number), (answer, 0, 0, refuse)]
    # Only IPv4 sockets, which can reach nothing but the tunnel proxy.
    lines += [(is_equal, 1, 0, SOCKET), (answer, 0, 0, allow), (load, 0, 0, 16), (is_equal, 0, 1, 2), (answer, 0, 0, allow)]
    lines += [(answer, 0, 0, refuse)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
