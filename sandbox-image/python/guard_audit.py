"""The last guard in a child process: an audit hook of the interpreter, which cannot be removed."""

import encodings
import os
import re
import sys
import zoneinfo
from collections.abc import Callable

from failures import Coded, ModuleNotAllowed
from guard_attributes import HEAP_TYPE, library_ids

PROXY = ("127.0.0.1", 3128)
REFUSED = (
    "os.", "subprocess.", "ctypes.", "pty.", "shutil.", "tempfile.", "fcntl.", "signal.", "resource.", "mmap.", "gc.",
    "pickle.", "marshal.", "code.__new__", "function.__new__", "cpython.", "glob.", "syslog.", "webbrowser.", "winreg.",
    "sqlite3.", "sys.addaudithook", "sys.setprofile", "sys.settrace", "sys._current", "sys.unraisablehook", "socket.bind", "socket.sendto",
    "socket.sendmsg", "socket.gethost", "socket.getaddrinfo", "socket.getservby", "socket.getnameinfo",
    "socket.sethostname", "_thread.", "object.__delattr__",
)  # fmt: skip
# How collections.namedtuple creates its constructor; the names in it are already validated.
NAMED_TUPLE = re.compile(r"lambda _cls, (\w+, ?)*\w*: _tuple_new\(_cls, \((\w+, ?)*\w*\)\)")
# How dataclasses creates its methods: from names only.
_PARAMETER = r"(?:\*|\w+(?::_type_\w+)?(?:=\w+)?)"
_VALUE = r"\w+(?:\(\)(?: if \w+ is \w+ else \w+)?)?"
_LINES = (
    rf"\w+\.\w+={_VALUE}",
    rf"\w+\.__setattr__\(\w+,'\w+',{_VALUE}\)",
    r"\w+\.__post_init__\((?:\w+(?:,\w+)*)?\)",
    r"pass",
    r'return self\.__class__\.__qualname__ \+ f"\((?:\w+=\{self\.\w+!r\}(?:, \w+=\{self\.\w+!r\})*)?\)"',
    r"if other\.__class__ is self\.__class__:",
    r" return \((?:self\.\w+,)*\)(?:==|<|<=|>|>=)\((?:other\.\w+,)*\)",
    r"return NotImplemented",
    r"return hash\(\((?:self\.\w+,)*\)\)",
    r"if type\(self\) is cls or name in \((?:'\w+'(?:, ?'\w+')*,?)?\):",
    r' raise FrozenInstanceError\(f"cannot (?:assign to|delete) field \{name!r\}"\)',
    r"super\(cls, self\)\.__(?:setattr|delattr)__\((?:name|name, value)\)",
)
DATA_CLASS = re.compile(
    rf"def __create_fn__\((?:\w+(?:, \w+)*)?\):\n def \w+\((?:{_PARAMETER}(?:,{_PARAMETER})*)?\)(?:->_return_type)?:\n"
    rf"(?:  (?:{'|'.join(_LINES)})\n)+ return \w+"
)
AF_INET, SOCK_STREAM, KIND = 2, 1, 0xF


def begin(workspace: str, names: dict) -> None:
    """From now on this process has only the rights of a bot."""
    os.chdir(workspace)
    encodings_folder = os.path.dirname(encodings.__file__)
    read_by_library = (encodings_folder, *zoneinfo.TZPATH)
    sys.addaudithook(_watcher(os.path.realpath(workspace), read_by_library, _bundle(), names, library_ids()))


def _watcher(
    workspace: str, folders: tuple[str, ...], bundle: str, names: dict, library: frozenset[int]
) -> Callable[[str, tuple], None]:
    """Creates the audit hook. All its variables are bound in closures, so that a bot with access to a module's globals
    or to a frame cannot change it. test/sandbox/python-harness.spec.ts checks this."""
    refused, named_tuple, data_class, proxy = REFUSED, NAMED_TUPLE.fullmatch, DATA_CLASS.fullmatch, PROXY
    not_permitted, attribute_error, coded, not_allowed = PermissionError, AttributeError, Coded, ModuleNotAllowed
    kind_of, text, count, binary, pair = type, str, int, bytes, tuple
    frame_of, length, number, is_subclass, type_itself = sys._getframe, len, id, issubclass, type
    flags_of, heap = type.__dict__["__flags__"].__get__, HEAP_TYPE
    inet, stream, kind_bits = AF_INET, SOCK_STREAM, KIND
    inside, read_by_library = workspace + "/", tuple(folder + "/" for folder in folders)
    encodings_folder = folders[0]

    def watch(event: str, arguments: tuple) -> None:
        if event == "open":
            # A class of the bot could override `startswith`.
            path = arguments[0]
            if kind_of(path) is not text:
                raise not_permitted("this way of opening a file is not allowed")
            parts: list = []
            for part in (path if path.startswith("/") else inside + path).split("/"):
                if part == "..":
                    del parts[-1:]
                elif part not in ("", "."):
                    parts.append(part)
            whole = "/" + "/".join(parts)
            # A bot cannot create links, so the path is the real one.
            if not (whole.startswith(inside) or whole.startswith(read_by_library) or whole == bundle):
                raise not_permitted("a file outside the workspace is not allowed")
        elif event == "import":
            # Rare text encodings are imported on first use.
            module = arguments[0]
            is_encoding = module.startswith("encodings.") or module.startswith("_codecs_")
            if not is_encoding and module != "_multibytecodec":
                raise not_allowed(module, [])
        elif event == "compile":
            source = arguments[0]
            if kind_of(source) is binary:
                source = source.decode()
            if kind_of(source) is not text or not (named_tuple(source) or data_class(source)):
                raise not_permitted("code made of text is not allowed")
        elif event == "object.__getattr__":
            # The standard library reads frames, for example for a traceback.
            if frame_of(1).f_globals is names:
                raise attribute_error("an attribute of this kind is not allowed")
        elif event == "object.__setattr__":
            if arguments[1] == "__class__":
                # Assignment of `__class__`: allowed only for an object of the bot, to another class of the bot.
                before, after = kind_of(arguments[0]), arguments[2]
                is_object = is_subclass(kind_of(after), type_itself) and not is_subclass(before, type_itself)
                is_own = is_object and number(before) not in library and number(after) not in library
                if not is_own or not flags_of(before) & flags_of(after) & heap:
                    raise not_permitted("to change this is not allowed")
            elif arguments[1] == "__code__":
                raise not_permitted("to change this is not allowed")
        elif event == "socket.connect":
            address = arguments[1]
            is_exact = kind_of(address) is pair and length(address) == 2
            is_exact = is_exact and kind_of(address[0]) is text and kind_of(address[1]) is count
            if not is_exact or address != proxy:
                raise coded("FETCH_BLOCKED", "the only way out is the tunnel")
        elif event == "socket.__new__":
            if arguments[1] != inet or arguments[2] & kind_bits != stream:
                raise not_permitted("a socket of this kind is not allowed")
        elif event == "os.listdir":
            if arguments[0] != encodings_folder:
                raise not_permitted("os.listdir is not allowed")
        elif event.startswith(refused):
            raise not_permitted(event + " is not allowed")

    return watch


def _bundle() -> str:
    """The path of the trusted certificates."""
    certifi = sys.modules.get("certifi")
    return certifi.where() if certifi else ""
