"""Which names a bot may read, and which it may define. The lists are shared by what reads source and what runs."""

OPERATORS = (
    "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor".split()
)
DEFINABLE = frozenset(
    f"__{name}__"
    for name in (
        "init new repr str bytes format lt le eq ne gt ge hash bool len length_hint getitem setitem delitem missing "
        "iter next reversed contains call enter exit aenter aexit await aiter anext neg pos abs invert int float "
        "complex index round trunc floor ceil copy deepcopy getattr setattr delattr get set delete class_getitem"
    ).split()
    + [prefix + operator for operator in OPERATORS for prefix in ("", "r", "i")]
)
UNREADABLE = frozenset(
    f"__{name}__" for name in "getattr setattr delattr get set delete class_getitem format".split()
)
READABLE = (DEFINABLE - UNREADABLE) | {"__name__", "__qualname__", "__doc__"}
ASSIGNABLE = frozenset({"__slots__", "__hash__", "__doc__"})
# From a frame the way leads to every module that runs.
INTERNAL = frozenset(
    "gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_await cr_origin ag_frame ag_code ag_await tb_frame tb_next "
    "f_back f_builtins f_code f_globals f_locals f_trace func_globals func_code mro".split()
)
# They make code of text, which nobody can read beforehand, or hand out what is theirs only.
NO_BUILTINS = frozenset("eval exec compile __import__ globals locals vars breakpoint input help exit quit".split())


def is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def is_private(name: str) -> bool:
    return name.startswith("_") and not is_dunder(name)


def is_unreadable(name: str) -> bool:
    """Whether no bot may read an attribute of this name, of whatever object."""
    return name in INTERNAL or (is_dunder(name) and name not in READABLE)
