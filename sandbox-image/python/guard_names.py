"""Which attribute names a bot may not use, and which only on its own objects. Shared by the source check and the
runtime guards."""

# Frames, code objects and the globals of a function give access to all loaded modules.
INTERNAL = frozenset(
    "gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_await cr_origin ag_frame ag_code ag_await tb_frame tb_next "
    "f_back f_builtins f_code f_globals f_locals f_trace func_globals func_code".split()
)
REFUSED = INTERNAL | {
    f"__{name}__"
    for name in (
        "subclasses globals builtins builtin code closure self import build_class loader spec cached path objclass "
        "forward_code forward_value stdout stderr stdin excepthook displayhook warningregistry"
    ).split()
}
# The state of an object, or stored values of a function.
OWN = frozenset(f"__{name}__" for name in "dict getstate reduce reduce_ex defaults kwdefaults weakref".split())
# These methods take an attribute name as text, so the name is checked when they are called.
BY_NAME = frozenset(f"__{name}__" for name in "getattr getattribute setattr delattr".split())
FORMATS = frozenset({"format", "format_map"})
# Descriptive attributes may be set on any object. Other names with two underscores: only on objects of the bot.
DESCRIPTIVE = frozenset(
    f"__{name}__"
    for name in (
        "doc name qualname module wrapped annotations cause context traceback suppress_context notes isabstractmethod "
        "signature"
    ).split()
)
FIXED = frozenset({"__match_args__", "__bases__", "__mro__", "__base__"})
# `__name__` identifies the bot's frames for the audit hook; the interpreter reads the others.
NOT_VARIABLES = REFUSED | {"__name__", "__class__"}
# They make code from text, which cannot be reviewed before, or wait for input at a terminal.
NO_BUILTINS = frozenset("eval exec compile __import__ breakpoint input help".split())


def is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4


def is_private(name: str) -> bool:
    return name.startswith("_") and not is_dunder(name)


def is_refused(name: str) -> bool:
    """Whether a bot may never read an attribute of this name."""
    return name in REFUSED


def is_guarded(name: str) -> bool:
    """Whether a bot may read an attribute of this name only on some objects."""
    return is_private(name) or name in OWN or name in BY_NAME or name in FORMATS


def is_fixed(name: str) -> bool:
    """Whether a bot may never write an attribute of this name."""
    return name in REFUSED or name in FIXED or name in BY_NAME


def is_written_on_own(name: str) -> bool:
    """Whether a bot may write an attribute of this name only on its own objects."""
    return is_dunder(name) and name not in DESCRIPTIVE
