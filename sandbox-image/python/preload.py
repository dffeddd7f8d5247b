"""Imports all importable modules after clock and random stream are replaced, because libraries keep references to what
they find first."""

import encodings
import importlib
import os
import pkgutil

from importable import NAMES

# Modules that Python imports on first use, which would be too late in a child.
LATER = (
    "_strptime netrc stringprep quopri uu "
    "email._header_value_parser tracemalloc importlib.resources linecache"
).split()


def everything() -> None:
    import clock
    import random_source
    import kernel

    clock.install(kernel.type_changed)
    random_source.install()
    # Some libraries use the process id in ids they generate.
    os.getpid = lambda: 1
    every_encoding = [f"encodings.{module.name}" for module in pkgutil.iter_modules(encodings.__path__)]
    for name in [*NAMES, *LATER, *every_encoding]:
        try:
            importlib.import_module(name)
        except ImportError:
            # A module that this image or system lacks is missing for the bot as well.
            continue
    import guard_modules
    import loops
    import mended
    import tunnel_socket
    import web_clients

    tunnel_socket.install()
    web_clients.install()
    mended.install()
    loops.install(kernel.set_member)
    guard_modules.build_views()
