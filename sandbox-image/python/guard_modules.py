"""The modules that a bot imports: views with their public names only, without access to other modules."""

import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

from failures import ModuleNotAllowed
from importable import NAMES, TOP_LEVEL
from mended import Streams
from module_shims import MODULE_SHIMS

# Modules that may define what these views contain: implemented in C, or part of the harness.
HOMES = frozenset({*TOP_LEVEL, "blake2", "weakrefset", "builtins", "clock", "random_source", "guard_attributes", "mended", "tunnel_socket"})
# Names that describe a module.
ABOUT = ("__version__", "__author__", "__license__", "__all__")

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
    """The `__import__` of a bot that may use these modules."""
    allowed = frozenset(modules)

    def import_module(name, names=None, scope=None, wanted=(), level=0):
        if isinstance(wanted, list):
            # The interpreter itself imports it (for example in strftime), and takes the module from sys.modules.
            return None
        top = str(name).partition(".")[0]
        if level or top not in allowed or name not in _views:
            raise ModuleNotAllowed(str(name), modules)
        return _views[name if wanted else top]

    return import_module


def _view_of(name: str, module: types.ModuleType) -> types.ModuleType:
    view = (Streams if name == "sys" else types.ModuleType)(name, module.__doc__)
    replaced = MODULE_SHIMS.get(name, {})
    about = {key: getattr(module, key) for key in ABOUT if isinstance(getattr(module, key, None), (str, list, tuple))}
    vars(view).update(about)
    if None in replaced:
        # Only replaced names exist in these modules.
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
