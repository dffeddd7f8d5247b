"""Format strings whose fields name attributes, with the same restrictions as the source code."""

import _string
import logging
import string
import types
from collections.abc import Callable, Mapping
from typing import Any

from guard_names import is_guarded, is_refused
from plain import exact_text

BUILTIN = types.BuiltinMethodType


def guarded(value: Any) -> Any:
    """A replacement for a text's `format` and `format_map`; any other value is returned unchanged."""
    if type(value) is types.MethodDescriptorType and value in (str.format, str.format_map):
        if value is str.format:
            return lambda text, /, *args, **named: format_text(text, args, named)
        return lambda text, named, /: format_text(text, (), named)
    if type(value) is BUILTIN and isinstance(value.__self__, str) and value.__name__ in ("format", "format_map"):
        text = value.__self__
        if value.__name__ == "format":
            return lambda *args, **named: format_text(text, args, named)
        return lambda named, /: format_text(text, (), named)
    return value


def format_text(text: str, args: tuple, named: Mapping[str, Any]) -> str:
    exact = exact_text(text)
    if _has_guarded(exact):
        return string.Formatter().vformat(exact, args, named)
    return exact.format(*args, **named) if type(named) is dict else exact.format_map(named)


def install(get_attribute: Callable[[Any, str], Any]) -> None:
    """Makes the library's formatters use `get_attribute`, the guarded access of the source code."""
    global _get_attribute
    _get_attribute = get_attribute
    string.Formatter.get_field = _get_field
    logging.StrFormatStyle._format = _format_record


def _get_field(self: string.Formatter, field_name: str, args: Any, kwargs: Any) -> tuple[Any, Any]:
    first, rest = _string.formatter_field_name_split(field_name)
    found = self.get_value(first, args, kwargs)
    for is_attribute, part in rest:
        found = _get_attribute(found, part) if is_attribute else found[part]
    return found, first


def _format_record(self: logging.StrFormatStyle, record: logging.LogRecord) -> str:
    return format_text(self._fmt, (), {**(self._defaults or {}), **record.__dict__})


def _has_guarded(text: str) -> bool:
    for _, field, spec, _ in _string.formatter_parser(text):
        if field:
            _, rest = _string.formatter_field_name_split(field)
            if any(is_attribute and (is_guarded(part) or is_refused(part)) for is_attribute, part in rest):
                return True
        if spec and _has_guarded(spec):
            return True
    return False
