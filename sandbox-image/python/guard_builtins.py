"""The builtins of a bot: Python's, without those that make code from text, and with guards for those that take names as
text."""

import builtins
import io
import os
import sys
import types
from collections.abc import Callable, MutableMapping
from typing import Any

import guard_attributes
from guard_ast import OWN_GUARD, PATTERN_GUARD, READ_GUARD
from guard_names import NO_BUILTINS, NOT_VARIABLES
from logs import write_values
from plain import exact_text

# Names for interactive use, and names that have another value here.
LEFT_OUT = NO_BUILTINS | {"copyright", "credits", "license", "exit", "quit", "vars", "globals", "locals"}

_seen: dict[int, tuple[int, Any]] = {}


def bot_builtins(import_module: Callable[..., Any]) -> dict[str, Any]:
    kept = {
        name: value for name, value in vars(builtins).items() if not name.startswith("_") and name not in LEFT_OUT
    }
    return {
        **kept,
        "__debug__": True,
        "__import__": import_module,
        "__build_class__": build_class,
        READ_GUARD: guard_attributes.read,
        OWN_GUARD: guard_attributes.assert_own,
        PATTERN_GUARD: guard_attributes.assert_pattern,
        "getattr": guard_attributes.get_attribute,
        "hasattr": guard_attributes.has_attribute,
        "setattr": guard_attributes.set_attribute,
        "delattr": guard_attributes.delete_attribute,
        "id": number_of,
        "open": open_file,
        "print": write_values,
        "exit": leave,
        "quit": leave,
        "vars": variables,
        "globals": global_variables,
        "locals": local_variables,
    }


def build_class(body, name, *bases, **options):
    if any(base is super or base is types.ModuleType for base in bases):
        raise TypeError("a class of this kind is not allowed")
    return builtins.__build_class__(body, name, *bases, **options)


def number_of(value: Any) -> int:
    """`id` returns a counter, because addresses differ between runs."""
    return _seen.setdefault(id(value), (len(_seen) + 1, value))[0]


def open_file(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None):
    if not isinstance(file, str):
        raise TypeError("a file is opened by its path")
    if encoding is None and "b" not in mode:
        encoding = "utf-8"
    path = os.path.join(os.getcwd(), exact_text(file))
    return io.open(path, mode, buffering, encoding, errors, newline)


def leave(code: Any = None) -> None:
    raise SystemExit(code)


def variables(*owner: Any) -> Any:
    if len(owner) > 1:
        raise TypeError(f"vars expected at most 1 argument, got {len(owner)}")
    return guard_attributes.members_of(owner[0]) if owner else _variables_of(sys._getframe(1))


def global_variables() -> "Variables":
    frame = sys._getframe(1)
    _assert_bots(frame)
    return Variables(frame.f_globals)


def local_variables() -> Any:
    return _variables_of(sys._getframe(1))


class Variables(MutableMapping):
    """The variables of a bot's module, without those that the interpreter keeps there."""

    __slots__ = ("_names",)

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def __getitem__(self, name):
        if not _is_variable(name):
            raise KeyError(name)
        return self._names[name]

    def __setitem__(self, name, value):
        if not _is_variable(name) or name in NOT_VARIABLES:
            raise KeyError(f"{name!s:.80} is not allowed")
        self._names[name] = value

    def __delitem__(self, name):
        if not _is_variable(name) or name in NOT_VARIABLES:
            raise KeyError(name)
        del self._names[name]

    def __iter__(self):
        return iter([name for name in self._names if _is_variable(name)])

    def __len__(self):
        return len(list(iter(self)))

    def __repr__(self):
        return repr(dict(self))


def _variables_of(frame: types.FrameType) -> Any:
    _assert_bots(frame)
    names = frame.f_locals
    return Variables(names) if names is frame.f_globals else names


def _assert_bots(frame: types.FrameType) -> None:
    """Raises if a library function calls it, because it would return the library's variables."""
    if not guard_attributes.is_bots(frame.f_globals):
        raise RuntimeError("the variables of a library are not shown")


def _is_variable(name: Any) -> bool:
    return type(name) is str and not name.startswith("$") and name != "__builtins__"
