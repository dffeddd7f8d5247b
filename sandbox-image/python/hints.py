"""Evaluates annotations that are written as text, for `typing.get_type_hints`, without making code from text."""

import re
from typing import Any

import guard_attributes
from guard_names import is_refused

TOKEN = re.compile(
    r"\s*(?:(?P<name>[^\W\d]\w*)|(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^'\\\n]*'|\"[^\"\\\n]*\")|(?P<mark>\.\.\.|[\[\](),.|-]))"
)
CONSTANTS = {"None": None, "True": True, "False": False}


def kept(text: str, *_: Any, **__: Any) -> str:
    """Replaces `compile`: the annotation stays text until it is evaluated."""
    return text


def evaluated(text: str, global_names: Any = None, local_names: Any = None) -> Any:
    """Replaces `eval`. Supports names, attributes, subscripts, unions and constants, and calls nothing. Raises a
    NameError or a SyntaxError like Python."""
    reader = Reader(text, [names for names in (local_names, global_names) if names is not None])
    value = reader.union()
    reader.expect("")
    return value


class Reader:
    def __init__(self, text: str, scopes: list[Any]) -> None:
        self._text = text
        self._scopes = scopes
        self._tokens = list(_tokens(text))
        self._at = 0

    def union(self) -> Any:
        value = self._operand()
        while self._took("|"):
            value = value | self._operand()
        return value

    def expect(self, mark: str) -> None:
        if not self._took(mark):
            raise _unreadable(self._text)

    def _operand(self) -> Any:
        if self._took("-"):
            kind, number = self._next()
            if kind != "number":
                raise _unreadable(self._text)
            return -_number(number)
        kind, token = self._next()
        if kind == "name":
            value = self._path(token)
        elif kind == "number":
            return _number(token)
        elif kind == "text":
            return token[1:-1]
        elif token == "...":
            return ...
        elif token in ("(", "["):
            return self._group(token)
        else:
            raise _unreadable(self._text)
        while self._took("["):
            items, is_one = self._items("]")
            value = value[items[0] if is_one else tuple(items)]
        return value

    def _group(self, opening: str) -> Any:
        items, is_one = self._items(")" if opening == "(" else "]")
        if opening == "[":
            return items
        return items[0] if is_one else tuple(items)

    def _items(self, closing: str) -> tuple[list[Any], bool]:
        """The items, and whether it is a single item without a comma."""
        items: list[Any] = []
        while not self._took(closing):
            items.append(self.union())
            if self._took(closing):
                return items, len(items) == 1
            self.expect(",")
        return items, False

    def _path(self, name: str) -> Any:
        value = self._named(name)
        while self._took("."):
            kind, attribute = self._next()
            if kind != "name" or attribute.startswith("__"):
                raise _unreadable(self._text)
            value = guard_attributes.get_attribute(value, attribute)
        return value

    def _named(self, name: str) -> Any:
        if name in CONSTANTS:
            return CONSTANTS[name]
        if is_refused(name):
            raise _not_own(name)
        is_hidden = name.startswith("__")
        for scope in self._scopes:
            # Names with an underscore are readable only in the bot's own module: another scope may be a library class.
            is_open = guard_attributes.is_bots(scope) or not (name.startswith("_") or _is_module(scope))
            if is_open:
                try:
                    return guard_attributes.staying(scope[name], name)
                except KeyError:
                    continue
            is_hidden = is_hidden or name in scope
        found = guard_attributes.bots_name(name)
        if found is guard_attributes.ABSENT:
            raise _not_own(name) if is_hidden else NameError(f"name {name!r} is not defined", name=name)
        return found

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _took(self, mark: str) -> bool:
        is_next = self._tokens[self._at] == ("mark", mark)
        self._at += is_next
        return is_next


def _tokens(text: str) -> Any:
    text = text.rstrip()
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise _unreadable(text)
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()
    yield "mark", ""
    # Reading after the end returns the end mark again.
    yield "mark", ""


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _is_module(scope: Any) -> bool:
    """Whether these are the variables of a module that is not the bot's."""
    return type(scope) is dict and "__spec__" in scope


def _not_own(name: str) -> AttributeError:
    return AttributeError(f"{name} is not the bot's to read")


def _unreadable(text: str) -> SyntaxError:
    return SyntaxError(f"Forward reference must be an expression -- got {text!r}")
