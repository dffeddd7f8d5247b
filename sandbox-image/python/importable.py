"""The modules of the standard library and of the packages in the image that a bot may import."""

TOP_LEVEL = (
    "__future__ abc array asyncio base64 binascii bisect calendar certifi charset_normalizer cmath collections colorsys "
    "contextlib copy csv dataclasses datetime decimal difflib email enum fractions functools graphlib hashlib heapq hmac "
    "html http idna io itertools json keyword logging math numbers operator pprint queue random re requests secrets shlex "
    "socket ssl statistics string struct sys textwrap time traceback types typing unicodedata urllib urllib3 uuid warnings "
    "weakref zlib zoneinfo"
).split()
INSIDE = {
    "collections": "abc",
    "email": "charset contentmanager encoders errors generator header headerregistry iterators message mime "
    "mime.application mime.audio mime.base mime.image mime.message mime.multipart mime.nonmultipart mime.text parser "
    "policy utils",
    "html": "entities parser",
    "http": "client cookiejar cookies",
    "json": "decoder encoder",
    "requests": "adapters api auth cookies exceptions hooks models sessions status_codes structures utils",
    "urllib": "error parse request response robotparser",
    "urllib3": "connection connectionpool exceptions fields filepost poolmanager response util util.retry util.timeout "
    "util.url",
}
NAMES = TOP_LEVEL + [f"{name}.{part}" for name, parts in INSIDE.items() for part in parts.split()]
