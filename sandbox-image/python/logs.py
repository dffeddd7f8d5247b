"""What a bot prints. Logs are a courtesy: what does not fit is cut, and never fails a run."""

from collections.abc import Callable

_say: Callable[[str], None] = lambda line: None
_room = 0


def begin(say: Callable[[str], None], room: int) -> None:
    global _say, _room
    _say, _room = say, room


def flush() -> None:
    for printer in (out, err):
        printer.end_line()


class Printer:
    """Stands in for standard output and standard error."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self._line = ""

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        *lines, rest = (self._line + text)[: _room + 1].split("\n")
        for line in lines:
            _log(line)
        self._line = rest
        return len(text)

    def writelines(self, lines) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Lines leave as they end."""

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def end_line(self) -> None:
        if self._line:
            _log(self._line)
        self._line = ""


def _log(line: str) -> None:
    global _room
    if _room <= 0:
        return
    kept = line[: max(0, _room - 1)].encode("utf-8", "replace").decode()
    _room -= len(kept.encode()) + 1
    _say(kept)


out = Printer()
err = Printer()
