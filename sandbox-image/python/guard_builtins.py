"""The builtins of a bot: Python's, less those that make code of text, and guards where names come as text."""

import _string
import builtins
import io
import os
import types
import typing
from collections.abc import Callable
from typing import Any

from guard_ast import FORMAT_GUARD, PRIVATE_GUARD
from guard_names import NO_BUILTINS, is_dunder, is_private, is_unreadable
from plain import exact_text

ABSENT = object()
FORMATTED_TUPLES = ("_replace", "_asdict", "_fields", "_make", "_field_defaults")
LEADING_AWAY = (types.ModuleType, types.FrameType, types.CodeType, types.TracebackType)

_classes: dict[int, type] = {}
_seen: dict[int, tuple[int, Any]] = {}
_views: set[int] = set()


def bot_builtins(import_module: Callable[..., Any], views: set[int]) -> dict[str, Any]:
    _views.update(views)
    kept = {
        name: value
        for name, value in vars(builtins).items()
        if not name.startswith("_") and name not in NO_BUILTINS | {"copyright", "credits", "license"}
    }
    return {
        **kept,
        "__import__": import_module,
        "__build_class__": build_class,
        PRIVATE_GUARD: private,
        FORMAT_GUARD: formatter,
        "getattr": get_attribute,
        "hasattr": has_attribute,
        "setattr": set_attribute,
        "delattr": delete_attribute,
        "type": Type,
        "id": number_of,
        "open": open_file,
    }


def build_class(body, name, *bases, **options):
    if any(isinstance(base, type) and issubclass(base, type) for base in types.resolve_bases(bases)):
        raise TypeError("a class that makes classes is not allowed")
    made = builtins.__build_class__(body, name, *bases, **options)
    # What is called a metaclass may give any class there is: only what this source wrote is the bot's.
    if isinstance(made, type) and vars(made).get("__module__") == "bot":
        _classes[id(made)] = made
    return made


def private(owner: Any, name: str) -> Any:
    """Reads an attribute that begins with an underscore: of what the bot's own source made, and of nothing else."""
    kind = type(owner)
    made_by = owner if isinstance(owner, type) else owner.__thisclass__ if kind is super else kind
    is_own = id(made_by) in _classes or (name in FORMATTED_TUPLES and issubclass(made_by, tuple))
    if not is_own:
        raise AttributeError(f"{name} is not the bot's to read")
    value = getattr(owner, name)
    if isinstance(value, LEADING_AWAY) and id(value) not in _views:
        raise AttributeError(f"{name} is not the bot's to read")
    return value


def formatter(owner: Any, name: str) -> Any:
    """`format` of a text reads attributes that its fields name."""
    if isinstance(owner, type) and issubclass(owner, str):
        return lambda text, *args, **named: _format(text, name, args, named)
    if issubclass(type(owner), str):
        return lambda *args, **named: _format(owner, name, args, named)
    return getattr(owner, name)


def get_attribute(owner: Any, name: str, default: Any = ABSENT) -> Any:
    try:
        if is_private(_checked(name)):
            return private(owner, name)
        if name in ("format", "format_map"):
            return formatter(owner, name)
        return getattr(owner, name)
    except AttributeError:
        if default is ABSENT:
            raise
        return default


def has_attribute(owner: Any, name: str) -> bool:
    try:
        get_attribute(owner, name)
    except AttributeError:
        return False
    return True


def set_attribute(owner: Any, name: str, value: Any) -> None:
    setattr(owner, _without_dunders(name), value)


def delete_attribute(owner: Any, name: str) -> None:
    delattr(owner, _without_dunders(name))


class TypeOfTypes(type):
    """Lets `type` be asked and annotated with, and makes no classes: those are written down."""

    def __call__(cls, *args):
        if len(args) != 1:
            raise TypeError("type() makes no classes here")
        return Type if isinstance(args[0], type) else type(args[0])

    def __instancecheck__(cls, value):
        return isinstance(value, type)

    def __subclasscheck__(cls, other):
        return issubclass(other, type)

    def __repr__(cls):
        return "<class 'type'>"


class Type(metaclass=TypeOfTypes):
    def __class_getitem__(cls, item):
        # Unlike type[item] it cannot be called.
        return typing.Type[item]


def number_of(value: Any) -> int:
    """`id` counts instead of telling addresses, which differ from run to run."""
    return _seen.setdefault(id(value), (len(_seen) + 1, value))[0]


def open_file(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None):
    if not isinstance(file, str):
        raise TypeError("a file is opened by its path")
    if encoding is None and "b" not in mode:
        encoding = "utf-8"
    path = os.path.join(os.getcwd(), exact_text(file))
    return io.open(path, mode, buffering, encoding, errors, newline)


def _format(text: str, name: str, args: tuple, named: dict) -> str:
    exact = exact_text(text)
    _check_fields(exact)
    return getattr(exact, name)(*args, **named)


def _check_fields(text: str) -> None:
    for _, field, spec, _ in _string.formatter_parser(text):
        if field:
            _, rest = _string.formatter_field_name_split(field)
            for is_attribute, part in rest:
                if is_attribute and (part.startswith("_") or is_unreadable(part)):
                    raise AttributeError(f"{part} is not allowed in a format")
        if spec:
            _check_fields(spec)


def _checked(name: Any) -> str:
    if type(name) is not str:
        raise TypeError("attribute name must be string")
    if is_unreadable(name):
        raise AttributeError(f"{name} is not allowed")
    return name


def _without_dunders(name: Any) -> str:
    if is_dunder(_checked(name)):
        raise AttributeError(f"{name} is not allowed")
    return name
