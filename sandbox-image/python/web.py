"""Web requests through the server's broker: a request is sent as a message, and the bot waits for the answer."""

import base64
import json
from typing import Any

from channel import Channel
from failures import Coded

MAX_URL = 4_096
MAX_HEADERS = 50
MAX_BODY_BYTES = 262_144
MAX_TIMEOUT_MS = 60_000

_channel: Channel | None = None
_left = 0
_most = 0


def begin(channel: Channel, most: int) -> None:
    global _channel, _left, _most
    _channel, _left, _most = channel, most, most


def fetch(url: str, method: str, headers: dict, body: Any, timeout_ms: int | None) -> "Response":
    return Response(fetched(url, method, headers, body, timeout_ms))


def fetched(url: str, method: str, headers: Any, body: Any, timeout_ms: int | None = None) -> dict[str, Any]:
    """The broker's answer. Raises a Coded if it failed."""
    pairs = {_text(name, "a header", 100).lower(): _text(value, "a header", 8_192) for name, value in headers.items()}
    if len(pairs) > MAX_HEADERS:
        raise Coded("FETCH_LIMIT", f"more than {MAX_HEADERS} headers")
    request = {
        "kind": "fetch",
        "url": _text(url, "url", MAX_URL),
        "method": _text(method, "method", 10).upper(),
        "headers": pairs,
    }
    content = _bytes_of(body)
    if content is not None:
        request["body"] = base64.b64encode(content).decode()
    if timeout_ms is not None:
        if type(timeout_ms) is not int or not 1 <= timeout_ms <= MAX_TIMEOUT_MS:
            raise Coded("FETCH_BLOCKED", f"timeout_ms is not a whole number from 1 to {MAX_TIMEOUT_MS}")
        request["timeout_ms"] = timeout_ms
    return _ask(request)


def tls(host: str, port: int) -> dict[str, Any]:
    """A host's certificate as the broker received it, valid or not."""
    if type(port) is not int or not 1 <= port <= 65_535:
        raise Coded("FETCH_BLOCKED", "port is not a number from 1 to 65535")
    return _ask({"kind": "tls", "host": _text(host, "host", 253), "port": port})["sight"]


class Headers:
    """The headers of an answer. Names are case-insensitive; a repeated name has both values."""

    def __init__(self, pairs: list[list[str]]) -> None:
        self._pairs = [(name.lower(), value) for name, value in pairs]

    def get(self, name: str, default: str | None = None) -> str | None:
        values = [value for known, value in self._pairs if known == name.lower()]
        return ", ".join(values) if values else default

    def items(self) -> list[tuple[str, str]]:
        return list(self._pairs)

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __iter__(self):
        return iter(dict(self._pairs))


class Response:
    """The result of `ctx.fetch`."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.url: str = answer["url"]
        self.status: int = answer["status"]
        self.status_code = self.status
        self.ok = 200 <= self.status <= 299
        self.headers = Headers(answer["headers"])
        self.content = base64.b64decode(answer["body"])
        self.receipt: dict[str, Any] = answer["receipt"]

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.content)


def _ask(request: dict[str, Any]) -> dict[str, Any]:
    global _left
    if _left <= 0:
        raise Coded("FETCH_LIMIT", f"a hook may ask the network {_most} times")
    _left -= 1
    _channel.say({"web": request})
    answer = _channel.hear()["answer"]
    if answer["kind"] == "failed":
        raise Coded(answer["code"], answer["detail"])
    return answer


def _bytes_of(body: Any) -> bytes | None:
    if body is None:
        return None
    content = body.encode() if isinstance(body, str) else body.read() if hasattr(body, "read") else body
    if not isinstance(content, (bytes, bytearray, memoryview)):
        content = b"".join(content)
    if len(content) > MAX_BODY_BYTES:
        raise Coded("FETCH_LIMIT", f"a body of more than {MAX_BODY_BYTES} bytes")
    return bytes(content)


def _text(value: Any, what: str, most: int) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    if not isinstance(text, str) or len(text) > most or any("\ud800" <= character <= "\udfff" for character in text):
        raise Coded("FETCH_BLOCKED", f"{what} is not a text of at most {most} characters")
    return text
