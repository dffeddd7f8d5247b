"""Makes `requests` and `urllib.request` send requests to the server's broker instead of opening connections."""

import base64
import http.client
import http.cookiejar
import io
import urllib.error
import urllib.request
import urllib.response
from typing import Any

import web
from failures import Coded

# They describe the transferred bytes, which the broker has already decoded.
WIRE_HEADERS = ("content-encoding", "transfer-encoding", "content-length")


def install() -> None:
    http.cookiejar.CookieJar.extract_cookies = _filed(http.cookiejar.CookieJar.extract_cookies)
    urllib.request.HTTPSHandler.https_open = _open
    urllib.request.HTTPHandler.http_open = _open
    try:
        import requests
    except ModuleNotFoundError:
        return
    requests.adapters.HTTPAdapter.send = _sender(requests.exceptions.ConnectionError)


def _sender(base: type[Exception]):
    import urllib3

    class NotReached(base, Coded):
        """A request of `requests` that the broker refused or that failed."""

        def __init__(self, cause: Coded, request: Any) -> None:
            base.__init__(self, cause.detail, request=request)
            self.code, self.detail = cause.code, cause.detail

    NotReached.__module__ = "requests.exceptions"

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
        try:
            answer = _fetched(request.url, request.method, request.headers, request.body, timeout)
        except Coded as error:
            raise NotReached(error, request) from None
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(base64.b64decode(answer["body"])),
            headers=urllib3._collections.HTTPHeaderDict(_kept(answer["headers"])),
            status=answer["status"],
            reason=http.client.responses.get(answer["status"], ""),
            preload_content=False,
            original_response=_Original(answer, request.url),
        )
        response = self.build_response(request, raw)
        response.url, response.receipt = answer["url"], answer["receipt"]
        return response

    return send


def _filed(extract_cookies: Any):
    """Stores cookies for the final URL: the broker follows redirects, of which the client does not know."""

    def extract(self, response, request):
        answered_by = getattr(response.info(), "answered_by", None)
        extract_cookies(self, response, urllib.request.Request(answered_by) if answered_by else request)

    return extract


def _open(_handler: Any, request: urllib.request.Request) -> Any:
    headers = {**request.unredirected_hdrs, **request.headers}
    try:
        answer = _fetched(request.full_url, request.get_method(), headers, request.data, request.timeout)
    except Coded as error:
        raise urllib.error.URLError(error) from None
    message = _Original(answer, request.full_url).msg
    response = urllib.response.addinfourl(
        io.BytesIO(base64.b64decode(answer["body"])), message, answer["url"], answer["status"]
    )
    response.msg = response.reason = http.client.responses.get(answer["status"], "")
    response.receipt = answer["receipt"]
    return response


class _Headers(http.client.HTTPMessage):
    """The headers of an answer, and the final URL if there was a redirect."""

    answered_by: str | None = None


class _Original:
    """The part of http.client's response from which cookies are read."""

    def __init__(self, answer: dict[str, Any], asked: str) -> None:
        self.msg = _Headers()
        self.msg.answered_by = None if answer["url"] == asked else answer["url"]
        for name, value in answer["headers"]:
            self.msg.add_header(name, value)

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """There is no connection."""


def _fetched(url: str, method: str | None, headers: Any, body: Any, timeout: Any) -> dict[str, Any]:
    if not url.lower().startswith("https://"):
        raise Coded("FETCH_BLOCKED", "only https addresses can be asked")
    return web.fetched(url, method or "GET", headers, body, _milliseconds(timeout))


def _milliseconds(timeout: Any) -> int | None:
    """Converts seconds, or the pair of them that requests uses; None for no limit."""
    seconds = timeout[-1] if isinstance(timeout, tuple) and timeout else timeout
    if not isinstance(seconds, (int, float)) or not 0 < seconds < float("inf"):
        return None
    return max(1, min(round(seconds * 1_000), web.MAX_TIMEOUT_MS))


def _kept(pairs: list[list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs if name.lower() not in WIRE_HEADERS]
