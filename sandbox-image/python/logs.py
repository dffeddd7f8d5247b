"""The output of a bot. Output over the limit is cut and counted, and never fails a run."""

import sys
from collections.abc import Callable
from typing import Any

# The same value as in bot-sdk/ledger.ts.
MAX_LINES = 5_000
# This many lines are sent immediately, so that they are available if the bot is killed. Later lines are sent together.
PROMPT_LINES = 500
LATER_BYTES = 8_192

_say: Callable[[dict[str, Any]], None] = lambda message: None
_room = 0
_lines = 0
_cut = 0
_later: list[str] = []
_later_bytes = 0


def begin(say: Callable[[dict[str, Any]], None], room: int) -> None:
    global _say, _room, _lines, _cut
    _say, _room, _lines, _cut = say, room, 0, 0


def flush() -> None:
    """At the end of a run: sends the remaining lines and the number of cut lines."""
    for printer in (out, err):
        printer.end_line()
    _leave()
    if _cut:
        _say({"cut": _cut})


class Binary:
    """`sys.stdout.buffer`."""

    def __init__(self, printer: "Printer") -> None:
        self._printer = printer

    def write(self, data: Any) -> int:
        octets = bytes(data)
        self._printer.write(octets.decode("utf-8", "replace"))
        return len(octets)

    def flush(self) -> None:
        """Does nothing: complete lines are sent immediately."""


class Printer:
    """Replaces standard output and standard error."""

    encoding = "utf-8"
    errors = "replace"
    mode = "w"
    newlines = None
    closed = False
    line_buffering = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.buffer = Binary(self)
        self._parts: list[str] = []
        self._length = 0

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        size = len(text)
        if _room <= 0 or _lines >= MAX_LINES:
            _count_cut(text.count("\n"))
            return size
        if "\n" not in text:
            self._add(text)
            return size
        first, *lines = text[: _room + 1].split("\n")
        self._add(first)
        for line in lines:
            self.end_line(is_whole=True)
            self._add(line)
        if size > _room + 1:
            _count_cut(text.count("\n", _room + 1))
        return size

    def writelines(self, lines) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Does nothing: complete lines are sent immediately."""

    def reconfigure(self, **_: Any) -> None:
        """Does nothing: the encoding is always UTF-8."""

    def isatty(self) -> bool:
        return False

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def end_line(self, is_whole: bool = False) -> None:
        if is_whole or self._parts:
            _log("".join(self._parts))
        self._parts, self._length = [], 0

    def _add(self, text: str) -> None:
        """Keeps no more of a line than fits into the logs."""
        left = _room + 1 - self._length
        if text and left > 0:
            self._parts.append(text[:left])
            self._length += len(text)


def write_values(*values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None, flush: bool = False):
    """`print`, which never fails when it prints to the logs: a value that cannot be formatted is replaced by a note."""
    target = sys.stdout if file is None else file
    if type(target) is not Printer or (sep is not None and not isinstance(sep, str)):
        print(*values, sep=sep, end=end, file=target, flush=flush)
        return
    if end is not None and not isinstance(end, str):
        raise TypeError(f"end must be None or a string, not {type(end).__name__}")
    between = " " if sep is None else sep
    target.write(between.join([value if type(value) is str else _told(value) for value in values]))
    target.write("\n" if end is None else end)


def _told(value: Any) -> str:
    try:
        return str(value)
    except (Exception, MemoryError) as error:
        return f"<{type(value).__name__} that cannot be printed: {type(error).__name__}>"


def _log(line: str) -> None:
    global _room, _lines, _later_bytes
    if _room <= 0 or _lines >= MAX_LINES:
        _count_cut(1)
        return
    kept = line[: max(0, _room - 1)]
    size = len(kept)
    if not kept.isascii():
        octets = kept.encode("utf-8", "replace")[: max(0, _room - 1)]
        kept, size = octets.decode("utf-8", "ignore"), len(octets)
    is_cut = len(kept) < len(line)
    _count_cut(is_cut)
    # After a line that was cut, no further line is added, even if it would fit.
    _room = 0 if is_cut else _room - size - 1
    _lines += 1
    _later.append(kept)
    _later_bytes += size + 1
    if _lines <= PROMPT_LINES or _later_bytes > LATER_BYTES:
        _leave()


def _count_cut(lines: int) -> None:
    global _cut
    if lines and not _cut:
        # Sent now, because a bot that is killed cannot send the number.
        _say({"cut": lines})
    _cut += lines


def _leave() -> None:
    global _later_bytes
    if _later:
        _say({"logs": _later})
        _later.clear()
        _later_bytes = 0


out = Printer("<stdout>")
err = Printer("<stderr>")
