"""The sandbox's end of the tunnels: a bot connects to a proxy on loopback, which sends its bytes through the server."""

import select
import socket
from collections.abc import Callable
from typing import Any

from frames import CONNECTION, tunnel_frame

PROXY = ("127.0.0.1", 3128)
MAX_HEAD = 8_192
MAX_CONNECTIONS = 16
# The protocol has no back-pressure towards the server: a bot that reads too slowly loses its tunnel.
MAX_UNREAD = 8 * 1_048_576
READ_BYTES = 65_536


class Tunnels:
    def __init__(self, send: Callable[[dict], None], write: Callable[[bytes], None]) -> None:
        self._send = send
        self._write = write
        self._listener: socket.socket | None = None
        self._by_fd: dict[int, Connection] = {}
        self._by_number: dict[int, Connection] = {}
        self._last = 0

    def listen(self) -> None:
        self._listener = socket.create_server(PROXY, backlog=MAX_CONNECTIONS)
        self._listener.setblocking(False)

    def register(self, poll: Any) -> None:
        if self._listener and len(self._by_fd) < MAX_CONNECTIONS:
            poll.register(self._listener, select.POLLIN)
        for fd, connection in self._by_fd.items():
            poll.register(fd, connection.interest)

    def turn(self, fd: int, event: int) -> None:
        """Handles an event of a file descriptor: readable or writable."""
        if self._listener and fd == self._listener.fileno():
            self._accept()
        elif fd in self._by_fd:
            connection = self._by_fd[fd]
            try:
                self._carry(connection, event)
            except OSError:
                self._close(connection, tell=True)

    def hear(self, message: dict[str, Any]) -> None:
        connection = self._by_number.get(message["c"])
        if connection is None:
            return
        match message["t"]:
            case "opened":
                connection.open()
            case "refused":
                connection.refuse(message["detail"])
            case "end":
                connection.end()
            case "closed":
                connection.end()
                connection.is_gone = True
        if connection.is_finished():
            self._close(connection, tell=False)

    def deliver(self, payload: bytes) -> None:
        connection = self._by_number.get(CONNECTION.unpack_from(payload)[0])
        if connection is None:
            return
        connection.unsent += payload[CONNECTION.size :]
        if len(connection.unsent) > MAX_UNREAD:
            self._close(connection, tell=True)

    def close_all(self) -> None:
        for connection in list(self._by_fd.values()):
            self._close(connection, tell=True)

    def _accept(self) -> None:
        try:
            accepted, _ = self._listener.accept()
        except OSError:
            return
        self._last += 1
        connection = Connection(self._last, accepted)
        self._by_fd[accepted.fileno()] = self._by_number[self._last] = connection

    def _carry(self, connection: "Connection", event: int) -> None:
        if event & select.POLLOUT:
            connection.flush()
        if event & ~select.POLLOUT:
            self._read(connection)
        if connection.is_finished():
            self._close(connection, tell=not connection.is_gone)

    def _read(self, connection: "Connection") -> None:
        if connection.is_read:
            raise ConnectionError("is gone")
        data = connection.socket.recv(READ_BYTES)
        if not data:
            connection.is_read = True
            if not connection.is_open:
                raise ConnectionError("left before it was through")
            self._send({"t": "end", "c": connection.number})
        elif connection.is_open:
            self._write(tunnel_frame(connection.number, data))
        else:
            self._ask(connection, data)

    def _ask(self, connection: "Connection", data: bytes) -> None:
        target = connection.take_head(data)
        if target:
            connection.is_asked = True
            self._send({"t": "open", "c": connection.number, "host": target[0], "port": target[1]})

    def _close(self, connection: "Connection", tell: bool) -> None:
        if self._by_number.pop(connection.number, None) is None:
            return
        del self._by_fd[connection.socket.fileno()]
        connection.socket.close()
        if tell and connection.is_asked:
            self._send({"t": "closed", "c": connection.number})


class Connection:
    """One connection of a bot to the proxy: request, opening, data, and the end of either side."""

    def __init__(self, number: int, accepted: socket.socket) -> None:
        self.number = number
        self.socket = accepted
        self.unsent = bytearray()
        self.is_asked = self.is_open = self.is_read = self.is_ended = self.is_gone = False
        self._head = b""
        accepted.setblocking(False)

    @property
    def interest(self) -> int:
        return (0 if self.is_read else select.POLLIN) | (select.POLLOUT if self.unsent else 0)

    def take_head(self, data: bytes) -> tuple[str, int] | None:
        """Host and port, once the head is complete. Raises if it is invalid."""
        self._head += data
        if self.is_asked or len(self._head) > MAX_HEAD:
            raise ConnectionError("speaks out of turn")
        if b"\r\n\r\n" not in self._head:
            return None
        method, target, _ = (self._head.split(b"\r\n")[0].decode("latin-1") + "  ").split(" ", 2)
        host, _, port = target.rpartition(":")
        if method != "CONNECT" or not host or not port.isdecimal() or len(port) > 5:
            raise ConnectionError("is no CONNECT")
        return host, int(port)

    def open(self) -> None:
        self.is_open = True
        self.unsent += b"HTTP/1.1 200 OK\r\n\r\n"

    def refuse(self, detail: str) -> None:
        line = detail.replace("\r", " ").replace("\n", " ")
        self.unsent += f"HTTP/1.1 502 {line}\r\n\r\n".encode()
        self.is_ended = self.is_read = self.is_gone = True

    def end(self) -> None:
        self.is_ended = True
        self.flush()

    def flush(self) -> None:
        try:
            while self.unsent:
                del self.unsent[: self.socket.send(self.unsent)]
            if self.is_ended:
                self.socket.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            return
        except OSError:
            self.is_gone = self.is_read = True
            self.unsent.clear()

    def is_finished(self) -> bool:
        """Whether nothing is left to send in either direction. A refused bot must still receive the reason."""
        return self.is_ended and not self.unsent and (self.is_read or self.is_gone)
