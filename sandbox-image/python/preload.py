"""Imports all that a bot may import, once clock and chance are the run's: libraries keep what they find first."""

import importlib
import os

TOP_LEVEL = (
    "__future__ base64 certifi charset_normalizer collections copy datetime email functools hashlib hmac http idna io "
    "itertools json math random re requests secrets socket ssl sys time traceback typing urllib urllib3 "
    "warnings weakref"
).split()
INSIDE = {
    "collections": "abc",
    "email": "charset contentmanager encoders errors generator header headerregistry iterators message mime "
    "mime.application mime.audio mime.base mime.image mime.message mime.multipart mime.nonmultipart mime.text parser "
    "policy utils",
    "http": "client cookiejar cookies",
    "json": "decoder encoder",
    "requests": "adapters api auth cookies exceptions hooks models sessions status_codes structures utils",
    "urllib": "error parse request response robotparser",
    "urllib3": "connection connectionpool exceptions fields filepost poolmanager response util util.retry util.timeout "
    "util.url",
}
NAMES = TOP_LEVEL + [f"{name}.{part}" for name, parts in INSIDE.items() for part in parts.split()]
# Python looks these up by itself when they are first needed, which in a child would be too late.
LATER = (
    "_strptime encodings.idna encodings.latin_1 encodings.ascii encodings.utf_16 netrc stringprep quopri uu binascii "
    "email._header_value_parser"
).split()


def everything() -> None:
    import clock
    import drawn
    import kernel

    clock.install(kernel.type_changed)
    drawn.install()
    # Libraries mix it into the ids they make.
    os.getpid = lambda: 1
    for name in [*NAMES, *LATER]:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            # A library that this image lacks is missing for the bot too.
            continue
    import guard_modules
    import tunnel_socket
    import web_clients

    tunnel_socket.install()
    web_clients.install()
    guard_modules.build_views()
