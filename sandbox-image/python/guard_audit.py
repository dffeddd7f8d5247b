"""The last guard inside a child: it hears what the interpreter is about to do, and cannot be taken off again."""

import encodings
import os
import re
import sys
from collections.abc import Callable

from failures import Coded, ModuleNotAllowed

PROXY = ("127.0.0.1", 3128)
REFUSED = (
    "os.", "subprocess.", "ctypes.", "pty.", "shutil.", "tempfile.", "fcntl.", "signal.", "resource.", "mmap.", "gc.",
    "pickle.", "marshal.", "code.__new__", "function.__new__", "cpython.", "glob.", "syslog.", "webbrowser.", "winreg.",
    "sqlite3.", "sys.addaudithook", "sys.set", "sys._current", "sys.unraisablehook", "socket.bind", "socket.sendto",
    "socket.sendmsg", "socket.gethost", "socket.getaddrinfo", "socket.getservby", "socket.getnameinfo",
    "socket.sethostname", "_thread.", "object.__delattr__",
)  # fmt: skip
# How collections.namedtuple makes its constructor; names in it have been checked by then.
NAMED_TUPLE = re.compile(r"lambda _cls, (\w+, ?)*\w*: _tuple_new\(_cls, \((\w+, ?)*\w*\)\)")
AF_INET, SOCK_STREAM, KIND = 2, 1, 0xF


def begin(workspace: str) -> None:
    """From here on this process can do what a bot can, and no more."""
    os.chdir(workspace)
    encodings_folder = os.path.dirname(encodings.__file__)
    sys.addaudithook(_watcher(os.path.realpath(workspace), encodings_folder, _bundle()))


def _watcher(workspace: str, encodings_folder: str, bundle: str) -> Callable[[str, tuple], None]:
    """
    The guard. Whoever gets hold of a module's globals, or of a frame, finds nothing in them that it goes by: all it uses is
    bound here, and none of that can be changed. test/sandbox/python-harness.spec.ts holds it to that.
    """
    refused, named_tuple, proxy = REFUSED, NAMED_TUPLE.fullmatch, PROXY
    not_permitted, attribute_error, coded, not_allowed = PermissionError, AttributeError, Coded, ModuleNotAllowed
    kind_of, text, count, binary, pair = type, str, int, bytes, tuple
    frame_of, length = sys._getframe, len
    inet, stream, kind_bits = AF_INET, SOCK_STREAM, KIND
    inside, codecs = workspace + "/", encodings_folder + "/"

    def watch(event: str, arguments: tuple) -> None:
        if event == "open":
            # A class of the bot's own could say what it likes about how it begins.
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
            # No bot can make a link, so what is written there is what is meant.
            if not (whole.startswith(inside) or whole.startswith(codecs) or whole == bundle):
                raise not_permitted("a file outside the workspace is not allowed")
        elif event == "import":
            # Texts that come in a rare encoding need it when they come.
            module = arguments[0]
            is_encoding = module.startswith("encodings.") or module.startswith("_codecs_")
            if not is_encoding and module != "_multibytecodec":
                raise not_allowed(module, [])
        elif event == "compile":
            source = arguments[0]
            if kind_of(source) is binary:
                source = source.decode()
            if kind_of(source) is not text or not named_tuple(source):
                raise not_permitted("code made of text is not allowed")
        elif event == "object.__getattr__":
            # The interpreter's own library reads frames, for a traceback say.
            if frame_of(1).f_globals.get("__name__") == "bot":
                raise attribute_error("an attribute of this kind is not allowed")
        elif event == "object.__setattr__":
            if arguments[1] == "__code__" or arguments[1] == "__class__":
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
    """Where the certificates are that clients trust."""
    certifi = sys.modules.get("certifi")
    return certifi.where() if certifi else ""
