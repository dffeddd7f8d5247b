"""Finds the hooks of a bot after its construction, without calling any."""

from typing import Any

MAX_NAMES = 64
MAX_LENGTH = 40


def found_on(bot: Any, hook_names: dict[str, str]) -> dict[str, list[str]]:
    """Its hooks in either spelling, and the names of other methods that begin with “on”."""
    hooks = [hook for hook, other in hook_names.items() if _is_method(bot, hook, other)]
    names = [name for name in _names_of(bot) if name[:2].lower() == "on" and len(name) <= MAX_LENGTH]
    return {"hooks": hooks, "names": [name for name in names if _is_method(bot, name, name)][:MAX_NAMES]}


def _is_method(bot: Any, name: str, other: str) -> bool:
    try:
        return callable(getattr(bot, name, None) or getattr(bot, other, None))
    except Exception:
        return False


def _names_of(bot: Any) -> list[str]:
    try:
        return [name for name in dir(bot) if type(name) is str]
    except Exception:
        # The bot's own `__dir__` may raise.
        return []
