"""The child's end of the line to the zygote: frames of JSON, one question at a time."""

import json
import socket
from typing import Any

from frames import FrameReader, json_frame

READ_BYTES = 65_536


class Channel:
    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)
        self._reader = FrameReader()

    def say(self, message: dict[str, Any]) -> None:
        self._socket.sendall(json_frame(message))

    def hear(self) -> dict[str, Any]:
        while True:
            data = self._socket.recv(READ_BYTES)
            if not data:
                raise EOFError("the zygote is gone")
            for _, payload in self._reader.push(data):
                return json.loads(payload)
