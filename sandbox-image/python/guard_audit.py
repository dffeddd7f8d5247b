"""The last guard inside a child: it hears what the interpreter is about to do, and cannot be taken off again."""

import encodings
import os
import re
import sys
from collections.abc import Callable
from typing import Any

from failures import Coded, ModuleNotAllowed

PROXY = ("127.0.0.1", 3128)
REFUSED = (
    "os.", "subprocess.", "ctypes.", "pty.", "shutil.", "tempfile.", "fcntl.", "signal.", "resource.", "mmap.", "gc.",
    "pickle.", "code.__new__", "function.__new__", "cpython.", "glob.", "syslog.", "webbrowser.", "winreg.", "sqlite3.",
    "sys.addaudithook", "sys.set", "sys._current", "sys.unraisablehook", "socket.bind", "socket.sendto",
    "socket.sendmsg", "socket.gethost", "socket.getaddrinfo", "socket.getservby", "socket.getnameinfo",
    "socket.sethostname",
)  # fmt: skip
ENCODINGS = os.path.dirname(encodings.__file__)
# How collections.namedtuple makes its constructor; names in it have been checked by then.
NAMED_TUPLE = re.compile(r"lambda _cls, (\w+, ?)*\w*: _tuple_new\(_cls, \((\w+, ?)*\w*\)\)")
AF_INET, SOCK_STREAM, KIND = 2, 1, 0xF


def begin(workspace: str) -> None:
    """From here on this process can do what a bot can, and no more."""
    os.chdir(workspace)
    sys.addaudithook(_watcher(os.path.realpath(workspace) + os.sep, _bundle()))


def _watcher(inside: str, bundle: str) -> Callable[[str, tuple], None]:
    checks: dict[str, Callable[..., Any]] = {
        "open": lambda path, *_: _check_open(path, inside, bundle),
        "import": lambda module, *_: _check_import(module),
        "compile": lambda source, *_: _check_compile(source),
        "object.__getattr__": lambda _, name: _check_attribute(name),
        "socket.connect": lambda _, address: _check_connect(address),
        "socket.__new__": lambda _, family, kind, __: _check_socket(family, kind),
        "os.listdir": lambda path: path == ENCODINGS or _refuse("os.listdir"),
    }

    def watch(event: str, arguments: tuple) -> None:
        check = checks.get(event)
        if check is not None:
            check(*arguments)
        elif event.startswith(REFUSED):
            _refuse(event)

    return watch


def _refuse(what: str) -> None:
    raise PermissionError(f"{what} is not allowed")


def _check_open(path: Any, inside: str, bundle: str) -> None:
    # A class of the bot's own could say what it likes about how it begins.
    if type(path) is not str:
        _refuse("this way of opening a file")
    if path.startswith(ENCODINGS) or path == bundle:
        return
    if not os.path.realpath(path).startswith(inside):
        _refuse("a file outside the workspace")


def _check_import(module: str) -> None:
    # Texts that come in a rare encoding need it when they come.
    if not module.startswith("encodings.") and not module.startswith("_codecs_") and module != "_multibytecodec":
        raise ModuleNotAllowed(module, [])


def _check_compile(source: Any) -> None:
    text = source.decode() if type(source) is bytes else source
    if type(text) is not str or not NAMED_TUPLE.fullmatch(text):
        _refuse("code made of text")


def _check_attribute(name: str) -> None:
    # The interpreter's own library reads frames, for a traceback say.
    caller = sys._getframe(3)
    if caller.f_globals.get("__name__") == "bot":
        raise AttributeError(f"{name} is not allowed")


def _check_connect(address: Any) -> None:
    is_exact = type(address) is tuple and [type(part) for part in address] == [str, int]
    if not is_exact or address != PROXY:
        raise Coded("FETCH_BLOCKED", "the only way out is the tunnel")


def _check_socket(family: int, kind: int) -> None:
    if family != AF_INET or kind & KIND != SOCK_STREAM:
        _refuse("a socket of this kind")


def _bundle() -> str:
    """Where the certificates are that clients trust."""
    certifi = sys.modules.get("certifi")
    return certifi.where() if certifi else ""
