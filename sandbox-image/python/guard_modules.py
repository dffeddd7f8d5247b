"""What a bot's imports give: for each module a view with its public names, and no way on to other modules."""

import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

from failures import ModuleNotAllowed
from preload import NAMES, TOP_LEVEL
from stand_ins import STAND_INS

# Where that lives what these modules give out: in C, or here.
HOMES = frozenset({*TOP_LEVEL, "builtins", "_operator", "clock", "drawn", "tunnel_socket"})

_views: dict[str, types.ModuleType] = {}


def build_views() -> None:
    for name in NAMES:
        if name in sys.modules:
            _views[name] = _view_of(name, sys.modules[name])
    for name, view in _views.items():
        parent, _, child = name.rpartition(".")
        if parent in _views:
            setattr(_views[parent], child, view)


def view_ids() -> set[int]:
    return {id(view) for view in _views.values()}


def importer(modules: list[str]) -> Callable[..., Any]:
    """The `__import__` of a bot that may have these modules."""
    allowed = frozenset(modules)

    def import_module(name, names=None, scope=None, wanted=(), level=0):
        if isinstance(wanted, list):
            # The interpreter itself, for a date's strftime say: it takes the module from where modules are.
            return None
        top = str(name).partition(".")[0]
        if level or top not in allowed or name not in _views:
            raise ModuleNotAllowed(str(name), modules)
        return _views[name if wanted else top]

    return import_module


def _view_of(name: str, module: types.ModuleType) -> types.ModuleType:
    view = types.ModuleType(name, module.__doc__)
    replaced = STAND_INS.get(name, {})
    if None in replaced:
        # Only what stands in is there at all.
        vars(view).update({key: value for key, value in replaced.items() if key})
        return view
    public = {key: value for key, value in _public(module) if _stays_within(value)}
    vars(view).update({key: value for key, value in {**public, **replaced}.items() if value is not NotImplemented})
    return view


def _public(module: types.ModuleType) -> Iterable[tuple[str, Any]]:
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    return [(name, getattr(module, name)) for name in names if hasattr(module, name)]


def _stays_within(value: Any) -> bool:
    if isinstance(value, types.ModuleType):
        return False
    home = getattr(value, "__module__", None)
    if not isinstance(home, str):
        return True
    top = home.partition(".")[0]
    return top in HOMES or top.lstrip("_") in HOMES
