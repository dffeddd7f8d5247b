"""Replacements in modules that would give access to files, frames or attributes by name. NotImplemented: the name does
not exist."""

import asyncio
import functools
import hashlib
import io
import logging
import sys
import traceback
import types
import warnings
from typing import Any

import random_source
import mended
from guard_attributes import attribute_getter, method_caller
from guard_builtins import leave, open_file

ONLY = {None: True}
SYS = (
    "version version_info maxsize maxunicode byteorder float_info int_info hash_info platform exc_info getsizeof "
    "getrecursionlimit intern api_version hexversion getdefaultencoding float_repr_style implementation flags thread_info "
    "set_int_max_str_digits get_int_max_str_digits"
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
TYPES = (
    "AsyncGeneratorType BuiltinFunctionType BuiltinMethodType CoroutineType DynamicClassAttribute EllipsisType FunctionType "
    "GeneratorType GenericAlias LambdaType MappingProxyType MethodType ModuleType NoneType NotImplementedType "
    "SimpleNamespace UnionType new_class prepare_class resolve_bases"
).split()
ASYNCIO = (
    "ALL_COMPLETED FIRST_COMPLETED FIRST_EXCEPTION AbstractEventLoop Barrier BoundedSemaphore BrokenBarrierError "
    "CancelledError Condition Event Future Handle InvalidStateError LifoQueue Lock PriorityQueue Queue QueueEmpty QueueFull "
    "Runner Semaphore Task TaskGroup Timeout TimeoutError TimerHandle all_tasks as_completed create_task current_task "
    "ensure_future gather get_event_loop get_running_loop iscoroutine iscoroutinefunction isfuture new_event_loop run "
    "set_event_loop shield sleep timeout timeout_at to_thread wait wait_for"
).split()
# Deeper recursion would overflow the C stack.
MAX_RECURSION = 30_000
# Their results depend on the machine.
CLOCKS = "clock_getres clock_settime clock_settime_ns get_clock_info pthread_getcpuclockid tzset".split()
SERVERS = "create_server fromfd fromshare send_fds recv_fds socketpair has_dualstack_ipv6 SocketIO".split()


def set_recursion_limit(limit: int, /) -> None:
    sys.setrecursionlimit(min(limit, MAX_RECURSION) if isinstance(limit, int) else limit)


def update_wrapper(wrapper: Any, wrapped: Any, *_, **__) -> Any:
    """Copies only descriptive attributes of a function, whatever else is requested."""
    return functools.update_wrapper(wrapper, wrapped)


def wraps(wrapped: Any, *_, **__) -> Any:
    return functools.partial(update_wrapper, wrapped=wrapped)


class CatchWarnings:
    """Unlike warnings.catch_warnings, it does not store the module where a subclass could read it."""

    def __init__(self, *, record: bool = False, **options: Any) -> None:
        options.pop("module", None)
        self._real = warnings.catch_warnings(record=record, **options)

    def __enter__(self) -> Any:
        return self._real.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._real.__exit__(*error)


MODULE_SHIMS: dict[str, dict[str | None, Any]] = {
    "asyncio": {**ONLY, **{name: getattr(asyncio, name) for name in ASYNCIO}},
    "contextlib": {
        "redirect_stdout": mended.redirect_stdout,
        "redirect_stderr": mended.redirect_stderr,
        "chdir": NotImplemented,
    },
    # The module's `__all__` omits it.
    "hashlib": {"scrypt": hashlib.scrypt},
    # These functions modify a module given by name.
    "enum": {name: NotImplemented for name in ("global_enum", "global_enum_repr", "global_flag_repr", "global_str")},
    "functools": {"update_wrapper": update_wrapper, "wraps": wraps},
    "io": {**ONLY, **{name: getattr(io, name) for name in IO}, "open": open_file},
    "logging": {"root": logging.root},
    "operator": {"attrgetter": attribute_getter, "methodcaller": method_caller},
    "socket": {name: NotImplemented for name in SERVERS},
    "ssl": {
        "RAND_bytes": random_source.urandom,
        "RAND_pseudo_bytes": lambda count: (random_source.urandom(count), True),
        "RAND_add": NotImplemented,
        # A handshake without a connection would show random bytes that are not recorded.
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
        "setrecursionlimit": set_recursion_limit,
    },
    "traceback": {**ONLY, **{name: getattr(traceback, name) for name in TRACEBACK}},
    "types": {**ONLY, **{name: getattr(types, name) for name in TYPES}},
    "zoneinfo": {"available_timezones": mended.zone_names, "reset_tzpath": NotImplemented, "TZPATH": NotImplemented},
    "warnings": {"catch_warnings": CatchWarnings},
}
