"""JSON like bot-sdk/plain-json.ts: at most 32 levels, no lone surrogates, no member named `__proto__`."""

import json
import math
import re
from typing import Any

MAX_DEPTH = 32
MAX_EXACT = 2**53
SURROGATE = re.compile("[\ud800-\udfff]")


class NotJson(Exception):
    """The value is not JSON: where, and why."""


def plain_json(value: Any, at: str, depth: int = 0) -> Any:
    """A copy of the value as the server will read it. Raises NotJson with the place if it is not JSON."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return _well_formed(value, at)
    if depth > MAX_DEPTH:
        raise NotJson(f"{at} is nested deeper than {MAX_DEPTH}")
    if issubclass(kind, str):
        return _well_formed(exact_text(value), at)
    if issubclass(kind, (int, float)):
        return _number(value, at)
    if issubclass(kind, (list, tuple)):
        return [plain_json(item, f"{at}[{i}]", depth + 1) for i, item in enumerate(value)]
    if issubclass(kind, dict):
        return {_name(key, at): plain_json(item, f"{at}.{key!s:.40}", depth + 1) for key, item in value.items()}
    raise NotJson(f"{at} is not JSON")


def plain_object(value: Any, at: str) -> dict[str, Any]:
    if not issubclass(type(value), dict):
        raise NotJson(f"{at} is not an object")
    return plain_json(value, at)


def byte_length(value: Any) -> int:
    """The size of the value's JSON as JavaScript writes it, in bytes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode()) + _longer_numbers(value)


def exact_text(text: str) -> str:
    """An exact `str`: a subclass of the bot could override comparison or `startswith`."""
    return str.__getitem__(text, slice(None))


def _name(key: Any, at: str) -> str:
    if type(key) is int:
        return str(key)
    if not issubclass(type(key), str):
        raise NotJson(f"{at} has a member that is not named by a text")
    name = exact_text(key)
    if name == "__proto__":
        raise NotJson(f"{at} has a member named __proto__")
    return _well_formed(name, at)


def _number(value: int | float, at: str) -> int | float:
    if issubclass(type(value), int):
        exact = int.__index__(value)
        # The server reads numbers as JavaScript does: a larger integer would silently change its value.
        if -MAX_EXACT <= exact <= MAX_EXACT:
            return exact
        raise NotJson(f"{at} is a whole number beyond 2^53; send it as a text")
    number = float.__float__(value)
    if not math.isfinite(number):
        raise NotJson(f"{at} is not JSON")
    return int(number) if number.is_integer() and abs(number) <= MAX_EXACT else number


def _well_formed(text: str, at: str) -> str:
    if SURROGATE.search(text):
        raise NotJson(f"{at} holds half of a surrogate pair")
    return text


def _longer_numbers(value: Any) -> int:
    """How many more bytes JavaScript needs for the numbers in it: the digits are the same, but the notation may differ.
    """
    if type(value) is float:
        return _script_length(value) - len(repr(value))
    if type(value) is list:
        return sum(map(_longer_numbers, value))
    return sum(map(_longer_numbers, value.values())) if type(value) is dict else 0


def _script_length(number: float) -> int:
    text = repr(abs(number))
    if "e" not in text:
        return len(repr(number))
    digits, exponent = text.split("e")
    figures, power = len(digits.replace(".", "")), int(exponent)
    sign = number < 0
    if 0 <= power < 21:
        return sign + power + 1
    if -7 < power < 0:
        return sign + 1 - power + figures
    return sign + len(digits) + 2 + len(str(abs(power)))
