"""What stands in where a module would hand out files, frames or attributes by name. NotImplemented: is not there."""

import functools
import io
import sys
import traceback
import typing
import warnings
from typing import Any

import drawn
import logs
from guard_builtins import Type, open_file

ONLY = {None: True}
SYS = (
    "version version_info maxsize maxunicode byteorder float_info int_info hash_info platform exc_info getsizeof "
    "getrecursionlimit intern api_version hexversion getdefaultencoding float_repr_style"
).split()
IO = (
    "BytesIO StringIO TextIOWrapper BufferedReader BufferedWriter BufferedRandom BufferedRWPair IOBase RawIOBase "
    "BufferedIOBase TextIOBase UnsupportedOperation DEFAULT_BUFFER_SIZE SEEK_SET SEEK_CUR SEEK_END "
    "IncrementalNewlineDecoder"
).split()
TRACEBACK = (
    "format_exc print_exc format_exception print_exception format_exception_only format_tb print_tb format_list "
    "extract_tb"
).split()
# What they tell is the machine's.
CLOCKS = "clock_getres clock_settime clock_settime_ns get_clock_info pthread_getcpuclockid tzset".split()
SERVERS = "create_server fromfd fromshare send_fds recv_fds socketpair has_dualstack_ipv6 SocketIO".split()


def leave(code: Any = None) -> None:
    raise SystemExit(code)


def update_wrapper(wrapper: Any, wrapped: Any, *_, **__) -> Any:
    """Copies what describes a function, whatever else it is asked to copy."""
    return functools.update_wrapper(wrapper, wrapped)


def wraps(wrapped: Any, *_, **__) -> Any:
    return functools.partial(update_wrapper, wrapped=wrapped)


def get_origin(annotation: Any) -> Any:
    origin = typing.get_origin(annotation)
    return Type if origin is type else origin


class CatchWarnings:
    """warnings.catch_warnings keeps the module itself where a class over it could take it."""

    def __init__(self, *, record: bool = False, **options: Any) -> None:
        options.pop("module", None)
        self._real = warnings.catch_warnings(record=record, **options)

    def __enter__(self) -> Any:
        return self._real.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._real.__exit__(*error)


STAND_INS: dict[str, dict[str | None, Any]] = {
    "functools": {"update_wrapper": update_wrapper, "wraps": wraps},
    "io": {**ONLY, **{name: getattr(io, name) for name in IO}, "open": open_file},
    "socket": {name: NotImplemented for name in SERVERS},
    "ssl": {
        "RAND_bytes": drawn.urandom,
        "RAND_pseudo_bytes": lambda count: (drawn.urandom(count), True),
        "RAND_add": NotImplemented,
        # A handshake without a connection shows random bytes that are nobody's record.
        "MemoryBIO": NotImplemented,
        "SSLObject": NotImplemented,
    },
    "time": {name: NotImplemented for name in CLOCKS},
    "urllib3.util": {"ssl_wrap_socket": NotImplemented},
    "sys": {
        **ONLY,
        **{name: getattr(sys, name) for name in SYS},
        "argv": ["bot.py"],
        "exit": leave,
        "stdout": logs.out,
        "stderr": logs.err,
    },
    "traceback": {**ONLY, **{name: getattr(traceback, name) for name in TRACEBACK}},
    "typing": {"get_origin": get_origin},
    "warnings": {"catch_warnings": CatchWarnings},
}
