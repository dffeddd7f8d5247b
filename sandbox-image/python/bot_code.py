"""A bot's source, read and compiled once, and run afresh in every child."""

import linecache
from typing import Any

from failures import ModuleNotAllowed, clean, coded_error, told
from guard_ast import guarded
from guard_builtins import bot_builtins
from guard_modules import importer, view_ids

SOURCE_NAME = "bot.py"


class BotCode:
    def __init__(self, source: str, class_name: str, modules: list[str]) -> None:
        self.error: dict[str, Any] | None = None
        self._class_name = class_name
        self._builtins = bot_builtins(importer(modules), view_ids())
        try:
            self._code = compile(guarded(source, SOURCE_NAME, modules), SOURCE_NAME, "exec", dont_inherit=True)
        except ModuleNotAllowed as error:
            self.error = coded_error(error)
        except SyntaxError as error:
            self.error = _threw(f"SyntaxError: {error.msg} (line {error.lineno})")
        except (ValueError, RecursionError, MemoryError) as error:
            self.error = _threw(told(error, None))
        # What a traceback quotes.
        linecache.cache[SOURCE_NAME] = (len(source), None, source.splitlines(keepends=True), SOURCE_NAME)

    def run(self) -> type:
        """Runs the source from its beginning. Gives the bot's class."""
        names: dict[str, Any] = {"__name__": "bot", "__builtins__": self._builtins}
        exec(self._code, names)
        found = names.get(self._class_name)
        if not isinstance(found, type):
            raise TypeError(f"there is no class {self._class_name}")
        return found


def _threw(detail: str) -> dict[str, Any]:
    return {"code": "BOT_THREW", "detail": clean(detail)}
