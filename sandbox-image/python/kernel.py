"""What only the kernel's interface can do. Asked for once, before any bot is there; then the way to it is closed."""

import ctypes
import sys

PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None)
# Orphans of a hook become our children also where we are not the first process.
_libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
# Nobody with the same user may read or write our memory through /proc.
_libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def type_changed(changed: type) -> None:
    """Tells the interpreter to forget what it remembers of a type's members."""
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(changed))


def close_doors() -> None:
    global ctypes, _libc
    del ctypes, _libc
    for name in [name for name in sys.modules if name.partition(".")[0] in ("ctypes", "_ctypes")]:
        del sys.modules[name]
