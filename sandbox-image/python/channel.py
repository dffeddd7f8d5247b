"""One end of a connection between two processes of a sandbox: frames of JSON, one question at a time."""

import json
import socket
from typing import Any

from frames import HEAD, MAX_FRAME, BadFrame, json_frame


class Channel:
    def __init__(self, line: socket.socket) -> None:
        self._socket = line

    def say(self, message: dict[str, Any]) -> None:
        self._socket.sendall(json_frame(message))

    def hear(self) -> dict[str, Any]:
        """Reads whole frames, so that memory does not depend on how the data was split on arrival."""
        length, _ = HEAD.unpack(self._exactly(HEAD.size))
        if not 1 <= length <= MAX_FRAME:
            raise BadFrame(f"a frame of {length} bytes")
        return json.loads(self._exactly(length - 1))

    def _exactly(self, count: int) -> bytes:
        data = self._socket.recv(count, socket.MSG_WAITALL)
        if len(data) < count:
            raise EOFError("the other end is gone")
        return data
