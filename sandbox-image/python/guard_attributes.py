"""Restricts attribute access to objects of the bot: used by the guards in the source and by functions that take names
as text."""

import functools
import types
from collections.abc import Callable
from typing import Any

import guard_formats
from guard_names import BY_NAME, FORMATS, OWN, is_fixed, is_guarded, is_refused, is_written_on_own
from plain import exact_text

ABSENT = object()
# Underscore names of Python that are intended for authors of classes.
OFFERED = frozenset(
    "_replace _asdict _fields _make _field_defaults _name_ _value_ _missing_ _generate_next_value_ _member_map_ "
    "_member_names_ _value2member_map_ _ignore_ _order_ _sort_order_ _boundary_ _numeric_repr_".split()
)
HEAP_TYPE = 1 << 9
FUNCTION = types.FunctionType
NAMESPACE = types.SimpleNamespace
METHOD = types.MethodType
# All attributes of these objects were set on them explicitly.
HOLDERS = frozenset(map(id, (NAMESPACE, functools.partial, type(functools.lru_cache(len)))))
UNBOUND = (FUNCTION, types.WrapperDescriptorType)
# Objects of these types forward attribute access to other objects.
STANDING_FOR_OTHERS = (super, types.GenericAlias, types.ModuleType)

# Read directly from Python's storage, because the bot's class could override attribute access.
_mro_of = type.__dict__["__mro__"].__get__
_members_of = type.__dict__["__dict__"].__get__
_flags_of = type.__dict__["__flags__"].__get__
_class_of_super = super.__dict__["__thisclass__"].__get__
_globals_of = FUNCTION.__dict__["__globals__"].__get__

# Library classes by id. The classes are kept alive, so that no other object can get the same id.
_library: dict[int, type] = {}
_leading_away = {id(kind) for kind in (types.ModuleType, types.FrameType, types.CodeType)}
_views: set[int] = set()
# Types whose state contains only numbers.
_stateful: set[int] = set()
_readable: dict[int, set[str]] = {}
_alive: list[type] = []
_bot_globals: dict[str, Any] = {}


def begin(views: set[int], stateful: tuple[type, ...]) -> None:
    """From now on every new class belongs to the bot. Called once, after all importable modules are loaded."""
    _views.update(views)
    _stateful.update(map(id, stateful))
    waiting: list[type] = [object]
    while waiting:
        for made in type.__subclasses__(waiting.pop()):
            if id(made) not in _library:
                _library[id(made)] = made
                waiting.append(made)
                if issubclass(made, types.ModuleType):
                    _leading_away.add(id(made))


def set_bot(names: dict[str, Any]) -> None:
    """Sets the namespace of the bot's module, by which the bot's functions are recognized."""
    global _bot_globals
    _bot_globals = names


def is_bots(names: dict[str, Any]) -> bool:
    """Whether these are the variables of the bot's module."""
    return names is _bot_globals


def bots_name(name: str) -> Any:
    """The value of a global name in the bot's module; ABSENT if there is none."""
    if name in _bot_globals and not is_refused(name):
        return staying(_bot_globals[name], name)
    return ABSENT if name.startswith("_") else _bot_globals.get("__builtins__", {}).get(name, ABSENT)


def library_ids() -> frozenset[int]:
    """The ids of classes that do not belong to the bot."""
    return frozenset(_library)


def read(owner: Any, name: str) -> Any:
    """Reads an attribute whose accessibility depends on the object. Guards in the source call this."""
    try:
        known = _readable[id(type(owner))]
    except KeyError:
        return _read_first(owner, name)
    if name not in known:
        return _read_first(owner, name)
    value = getattr(owner, name)
    return staying(value, name) if id(type(value)) in _leading_away else value


def assert_own(owner: Any, name: str) -> Any:
    """Returns the object if the bot's source created it; raises otherwise."""
    if not is_own(owner):
        raise AttributeError(f"{name} is not the bot's to change")
    return owner


def assert_pattern(cls: Any) -> None:
    """Checks a positional class pattern: the attributes in the class's `__match_args__`."""
    if not issubclass(type(cls), type):
        return
    if _is_made(type(cls)):
        raise TypeError("a class with a metaclass of the bot's own is matched by keyword")
    found = [members["__match_args__"] for base in _mro_of(cls) if "__match_args__" in (members := _members_of(base))]
    names = found[0] if found else ()
    for name in names if type(names) is tuple else (names,):
        if type(name) is not str or is_guarded(name) or is_refused(name):
            raise AttributeError("__match_args__ names what is not allowed in a class pattern")


def attribute_getter(*names: str) -> Callable[[Any], Any]:
    """`operator.attrgetter`, limited to attributes that the source itself could read."""
    if not names:
        raise TypeError("attrgetter expected 1 argument, got 0")
    for name in names:
        if not isinstance(name, str):
            raise TypeError("attribute name must be a string")
    paths = [exact_text(name).split(".") for name in names]

    def get(thing: Any) -> Any:
        found = tuple(functools.reduce(get_attribute, path, thing) for path in paths)
        return found if len(found) > 1 else found[0]

    return get


def method_caller(name: str, /, *args: Any, **named: Any) -> Callable[[Any], Any]:
    """`operator.methodcaller`, limited to methods that the source itself could call."""
    if not isinstance(name, str):
        raise TypeError("method name must be a string")
    return lambda thing: get_attribute(thing, exact_text(name))(*args, **named)


def is_own(owner: Any) -> bool:
    """Whether the bot's source created the object: an instance of its class, the class, or a function."""
    kind = type(owner)
    if kind is METHOD:
        return is_own(owner.__func__)
    if kind is FUNCTION:
        return _globals_of(owner) is _bot_globals
    return _is_made(kind) or id(kind) in HOLDERS or (issubclass(kind, type) and _is_made(owner))


def get_attribute(owner: Any, name: str, default: Any = ABSENT) -> Any:
    """The `getattr` of a bot."""
    try:
        return read(owner, name) if is_guarded(_checked(name)) else getattr(owner, name)
    except AttributeError:
        if default is ABSENT:
            raise
        return default


def has_attribute(owner: Any, name: str) -> bool:
    try:
        get_attribute(owner, name)
    except AttributeError:
        return False
    return True


def set_attribute(owner: Any, name: str, value: Any) -> None:
    setattr(owner, _writable(owner, name), value)


def delete_attribute(owner: Any, name: str) -> None:
    delattr(owner, _writable(owner, name))


def members_of(owner: Any) -> Any:
    """The `__dict__` of an object of the bot."""
    members = assert_own(owner, "__dict__").__dict__
    for value in list(members.values()):
        staying(value, "__dict__")
    return members


def _read_first(owner: Any, name: str) -> Any:
    if name == "__dict__":
        return members_of(owner)
    if name in BY_NAME:
        return _by_name(owner, name)
    if name in FORMATS:
        return guard_formats.guarded(getattr(owner, name))
    _assert_readable(owner, name)
    return staying(getattr(owner, name), name)


def _assert_readable(owner: Any, name: str) -> None:
    kind = type(owner)
    if kind is super:
        made_by = _class_of_super(owner)
        is_allowed = _is_offered(made_by, _mro_of(made_by)[1:], name)
    elif issubclass(kind, type):
        is_allowed = _is_offered(owner, _mro_of(owner) + _mro_of(kind), name)
    elif kind is FUNCTION or kind is METHOD or id(kind) in HOLDERS:
        is_allowed = is_own(owner)
    else:
        is_allowed = _is_offered(kind, _mro_of(kind), name)
        if is_allowed:
            # For all objects of this class, because library classes do not change.
            _readable.setdefault(id(kind), set()).add(name)
            _alive.append(kind)
    if not is_allowed:
        raise AttributeError(f"{name} is not the bot's to read")


def _is_offered(cls: type, mro: tuple[type, ...], name: str) -> bool:
    """Whether the name is defined only by the bot, or is intended for authors of classes."""
    if name in OFFERED and (_is_made(cls) or issubclass(cls, tuple)):
        return True
    if name in OWN:
        return _is_made(cls) or id(cls) in _stateful
    if not _is_made(cls):
        return False
    for base in mro:
        if name in _members_of(base):
            return _is_made(base)
    # No class defines it: the object itself may have it, or a class may define `__getattr__`.
    return not any(_answers_for_more(base) for base in mro if not _is_made(base))


def _answers_for_more(base: type) -> bool:
    members = _members_of(base)
    return "__getattr__" in members or type(members.get("__getattribute__")) is FUNCTION or base in STANDING_FOR_OTHERS


def _is_made(cls: Any) -> bool:
    return id(cls) not in _library and bool(_flags_of(cls) & HEAP_TYPE)


def staying(value: Any, name: str) -> Any:
    """Returns the value if it gives no access to objects that are not the bot's; raises otherwise."""
    if id(type(value)) in _leading_away and id(value) not in _views:
        raise AttributeError(f"{name} is not the bot's to read")
    return value


def _by_name(owner: Any, name: str) -> Any:
    """A method that takes an attribute name, with the same restrictions as the source code."""
    real = getattr(owner, name)
    function = real.__func__ if type(real) is types.MethodType else real
    if type(function) is FUNCTION and is_own(function):
        return real
    is_reader = name in ("__getattr__", "__getattribute__")
    is_unbound = type(real) in UNBOUND

    def call(*args: Any) -> Any:
        thing, attribute = args[:2] if is_unbound else (real.__self__, args[0])
        if not is_reader:
            _writable(thing, attribute)
        elif attribute == "__dict__":
            return members_of(thing)
        elif _checked(attribute) in BY_NAME:
            return _by_name(thing, attribute)
        elif is_guarded(attribute) and attribute not in FORMATS:
            _assert_readable(thing, attribute)
        found = real(*args)
        return guard_formats.guarded(staying(found, attribute)) if is_reader else found

    return call


def _checked(name: Any) -> str:
    if type(name) is not str:
        raise TypeError("attribute name must be string")
    if is_refused(name):
        raise AttributeError(f"{name} is not allowed")
    return name


def _writable(owner: Any, name: Any) -> str:
    if is_fixed(_checked(name)):
        raise AttributeError(f"{name} is not allowed")
    if is_written_on_own(name):
        assert_own(owner, name)
    return name
