"""Sockets of a bot that connect through the tunnel only: the host name is sent to the server, which resolves it."""

import socket
from typing import Any

from failures import Coded

PROXY = ("127.0.0.1", 3128)
MAX_HEAD = 8_192

_connect = socket.socket.connect


class Refused(ConnectionRefusedError, Coded):
    """The server refused this tunnel."""

    def __init__(self, detail: str) -> None:
        ConnectionRefusedError.__init__(self, detail)
        self.code, self.detail = "FETCH_BLOCKED", detail


def install() -> None:
    socket.socket.connect = connect
    socket.socket.connect_ex = connect_ex
    socket.getaddrinfo = getaddrinfo
    socket.gethostname = socket.getfqdn = lambda name="": name or "bot"
    socket.gethostbyname = lambda name: name


def connect(self: socket.socket, address: Any) -> None:
    host, port = _parts(address)
    try:
        _connect(self, PROXY)
    except ConnectionRefusedError:
        raise Refused("the bot has no network here: name hosts in permissions.network of its manifest") from None
    timeout = self.gettimeout()
    self.settimeout(None)
    self.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\n\r\n".encode())
    head = _head(self)
    self.settimeout(timeout)
    status, _, detail = head.partition(" ")[2].partition(" ")
    if status != "200":
        self.close()
        raise Refused(detail.strip() or "the tunnel was refused")


def connect_ex(self: socket.socket, address: Any) -> int:
    try:
        connect(self, address)
    except OSError as error:
        return error.errno or 111
    return 0


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    """Returns the name itself as its address, because only the server resolves it."""
    name = host.decode() if isinstance(host, bytes) else host
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, int(port or 0)))]


def _parts(address: Any) -> tuple[str, int]:
    host, port = address[:2]
    if not isinstance(host, str) or not isinstance(port, int) or not host.isprintable() or " " in host:
        raise Refused("an address is a host and a port")
    return host.encode("idna").decode(), port


def _head(connected: socket.socket) -> str:
    """Reads byte by byte, because the bytes after the head belong to the bot."""
    head = b""
    while not head.endswith(b"\r\n\r\n") and len(head) < MAX_HEAD:
        byte = connected.recv(1)
        if not byte:
            break
        head += byte
    return head.decode("latin-1")
