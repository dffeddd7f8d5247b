"""A bot's source, compiled once, and executed anew in every child."""

import linecache
import sys
import types
from typing import Any

from failures import ModuleNotAllowed, clean, coded_error, told
from guard_ast import guarded
from guard_builtins import bot_builtins
from guard_modules import importer

SOURCE_NAME = "bot.py"


class BotCode:
    def __init__(self, source: str, class_name: str, modules: list[str]) -> None:
        self.error: dict[str, Any] | None = None
        self._class_name = class_name
        self._module = types.ModuleType("bot")
        self.names: dict[str, Any] = vars(self._module)
        self.names |= {"__builtins__": bot_builtins(importer(modules)), "__file__": SOURCE_NAME}
        try:
            self._code = compile(guarded(source, SOURCE_NAME, modules), SOURCE_NAME, "exec", dont_inherit=True)
        except ModuleNotAllowed as error:
            self.error = coded_error(error)
        except SyntaxError as error:
            self.error = _threw(f"SyntaxError: {error.msg} (line {error.lineno})")
        except (ValueError, RecursionError, MemoryError) as error:
            self.error = _threw(told(error, None))
        # For the source lines in tracebacks.
        linecache.cache[SOURCE_NAME] = (len(source), None, source.splitlines(keepends=True), SOURCE_NAME)

    def run(self) -> type:
        """Executes the source and returns the bot's class."""
        # typing and dataclasses look up the names in annotations here.
        sys.modules["bot"] = self._module
        exec(self._code, self.names)
        found = self.names.get(self._class_name)
        if not isinstance(found, type):
            raise TypeError(f"there is no class {self._class_name}")
        return found


def _threw(detail: str) -> dict[str, Any]:
    return {"code": "BOT_THREW", "detail": clean(detail)}
