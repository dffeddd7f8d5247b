"""Patches of the standard library where it reads attributes by name, makes code from text, or depends on the machine.
"""

import contextlib
import copy
import enum
import logging
import os
import sys
import threading
import time
import typing
import uuid
import zoneinfo
from collections.abc import Iterator
from typing import Any

import clock
import guard_attributes
import guard_formats
import hints
from guard_names import is_fixed, is_written_on_own

# Files in the time zone folder that are not zones, and copies of zones.
NO_ZONES = ("posix", "right", "posixrules", "leapseconds", "+VERSION", "SECURITY")
_reconstruct = copy._reconstruct


def install() -> None:
    """Called once, after all imports and before a bot is loaded."""
    guard_formats.install(guard_attributes.get_attribute)
    copy._reconstruct = _reconstructed
    # These functions modify modules given by name, or read all their variables.
    del enum.EnumType._convert_
    typing.compile, typing.eval = hints.kept, hints.evaluated
    _mend_logging()
    _mend_uuid()
    _mend_threading()


def begin() -> None:
    """Called in a hook's own process, after its clock is set."""
    logging._startTime = time.time()


class Redirection(contextlib.AbstractContextManager):
    """`contextlib.redirect_stdout` for one stream: Python's own takes the name of any variable of `sys`."""

    def __init__(self, stream: str, target: Any) -> None:
        self._stream, self._target, self._before = stream, target, []

    def __enter__(self) -> Any:
        self._before.append(getattr(sys, self._stream))
        setattr(sys, self._stream, self._target)
        return self._target

    def __exit__(self, *_: Any) -> None:
        setattr(sys, self._stream, self._before.pop())


class Streams(type(sys)):
    """The `sys` of a bot: setting its streams also sets those that the library prints to."""

    @property
    def stdout(self) -> Any:
        return sys.stdout

    @stdout.setter
    def stdout(self, target: Any) -> None:
        sys.stdout = target

    @property
    def stderr(self) -> Any:
        return sys.stderr

    @stderr.setter
    def stderr(self, target: Any) -> None:
        sys.stderr = target


def redirect_stdout(new_target: Any) -> Redirection:
    return Redirection("stdout", new_target)


def redirect_stderr(new_target: Any) -> Redirection:
    return Redirection("stderr", new_target)


def zone_names() -> set[str]:
    return set(_zones)


def _reconstructed(x: Any, memo: Any, func: Any, args: Any, state: Any = None, *more: Any, **options: Any) -> Any:
    """Raises if a class's copy protocol would set attributes of objects that are not the bot's."""
    if isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict):
        for name in state[1]:
            if type(name) is not str or is_fixed(name) or is_written_on_own(name):
                raise AttributeError(f"{name!s:.80} is not allowed in a state")
    return _reconstruct(x, memo, func, args, state, *more, **options)


def _mend_logging() -> None:
    logging.Formatter.converter = staticmethod(time.localtime)


def _mend_uuid() -> None:
    """Implements uuid in Python with the run's clock and random stream, not with the machine's."""
    uuid._generate_time_safe = uuid._UuidCreate = None
    uuid._GETTERS = [uuid._random_getnode]
    uuid._node = None


def _mend_threading() -> None:
    """One thread, without information about it."""
    threading.Condition.wait = _wait
    threading.get_ident = threading.get_native_id = lambda: 1
    threading._active = {1: threading.main_thread()}
    threading.main_thread()._ident = threading.main_thread()._native_id = 1


def _wait(self: threading.Condition, timeout: float | None = None) -> bool:
    """Raises or advances the clock, because no other thread could notify."""
    if timeout is None:
        raise RuntimeError("the hook waits for something that nothing will settle")
    clock.sleep(max(0, timeout))
    return False


def _names_in(folder: str, before: str = "") -> Iterator[str]:
    """Like zoneinfo's own, but by file names only, because reading each file is slow."""
    for entry in os.scandir(folder):
        if entry.name in NO_ZONES or "." in entry.name:
            continue
        if entry.is_dir():
            yield from _names_in(entry.path, f"{before}{entry.name}/")
        else:
            yield before + entry.name


_zones = frozenset(name for folder in zoneinfo.TZPATH if os.path.isdir(folder) for name in _names_in(folder))
