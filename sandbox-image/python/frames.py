"""Frames, to the server and between child and zygote: `u32 big-endian length of the rest | u8 type | payload`."""

import json
import struct
from collections.abc import Iterator

MAX_FRAME = 4 * 1_048_576
JSON_FRAME = 1
TUNNEL_FRAME = 2
HEAD = struct.Struct(">IB")
CONNECTION = struct.Struct(">I")


class BadFrame(Exception):
    """A frame is invalid. The connection to its sender is closed."""


def json_frame(message: dict) -> bytes:
    return frame(JSON_FRAME, json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode())


def tunnel_frame(connection: int, data: bytes) -> bytes:
    return frame(TUNNEL_FRAME, CONNECTION.pack(connection) + data)


def frame(kind: int, payload: bytes) -> bytes:
    if len(payload) + 1 > MAX_FRAME:
        raise BadFrame(f"a frame of {len(payload) + 1} bytes")
    return HEAD.pack(len(payload) + 1, kind) + payload


class FrameReader:
    """Splits a stream of bytes into frames."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def push(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        self._bytes += data
        while len(self._bytes) >= HEAD.size:
            length, kind = HEAD.unpack_from(self._bytes)
            if not 1 <= length <= MAX_FRAME or kind not in (JSON_FRAME, TUNNEL_FRAME):
                raise BadFrame(f"a frame of {length} bytes and type {kind}")
            if len(self._bytes) < 4 + length:
                return
            payload = bytes(self._bytes[HEAD.size : 4 + length])
            del self._bytes[: 4 + length]
            yield kind, payload
