"""The first process of a sandbox: it lets the zygote fork a child per hook, and forwards the child's messages."""

from __future__ import annotations

import json
import os
import select
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from frames import TUNNEL_FRAME, BadFrame, FrameReader, json_frame
from hook import Hook
from cleanup import end_strangers, wipe
from standby import Standby
from tunnels import Tunnels
from zygote import WARM_UPS

if TYPE_CHECKING:
    from zygote import Zygote

READ_BYTES = 65_536


class Supervisor:
    """Serves one server on standard input and output until the input closes."""

    def __init__(self, workspace: str, zygote: Zygote) -> None:
        self._workspace = workspace
        self._zygote = zygote
        self._reader = FrameReader()
        self._hook: Hook | None = None
        self._standby: Standby | None = None
        self._tunnels = Tunnels(self._send, self._write)
        # Private copies of both streams, so that neither prints nor children can use them.
        self._input, self._output = os.dup(0), os.dup(1)
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1):
            os.dup2(null, fd)

    def serve(self) -> None:
        try:
            self._zygote.wait()
            self._send({"t": "ready", "runtime": "python@" + ".".join(map(str, sys.version_info[:3]))})
            while True:
                self._turn()
        except (BadFrame, EOFError, ConnectionError):
            # The server violated the protocol, or the zygote has ended; both cannot be repaired.
            self._leave()

    def _turn(self) -> None:
        poll = select.poll()
        poll.register(self._input, select.POLLIN)
        if self._hook:
            poll.register(self._hook.channel, self._hook.interest)
        self._tunnels.register(poll)
        events = poll.poll(self._hook.milliseconds_left() if self._hook else None)
        hook = self._hook
        for fd, event in events:
            if fd == self._input:
                self._hear()
            elif hook and fd == hook.channel.fileno():
                hook.turn(event)
            else:
                self._tunnels.turn(fd, event)
        if hook and hook.is_over():
            self._end(hook)

    def _hear(self) -> None:
        data = os.read(self._input, READ_BYTES)
        if not data:
            self._leave()
        for kind, payload in self._reader.push(data):
            if kind == TUNNEL_FRAME:
                self._tunnels.deliver(payload)
            else:
                self._take(json.loads(payload))

    def _take(self, message: dict[str, Any]) -> None:
        match message["t"]:
            case "bind":
                self._bind(message)
            case "hook":
                self._start(message)
            case "web":
                if self._hook and self._hook.id == message["id"]:
                    self._hook.answer(message)
            case "opened" | "refused" | "end" | "closed":
                self._tunnels.hear(message)

    def _bind(self, message: dict[str, Any]) -> None:
        if self._standby:
            self._standby.end(is_over=True)
            self._standby = None
        error = self._zygote.bind(message["executed"], message["class_name"], message["modules"])
        if error:
            self._send({"t": "unbound", "error": error})
            return
        if message["has_network"]:
            self._tunnels.listen()
        self._send({"t": "bound"})
        for _ in range(WARM_UPS):
            Standby(self._zygote).end(is_over=True)
        self._stand_by()

    def _stand_by(self) -> None:
        self._standby = Standby(self._zygote)

    def _start(self, message: dict[str, Any]) -> None:
        self._hook = Hook(message, self._standby, self._send)
        self._standby = None

    def _end(self, hook: Hook) -> None:
        self._hook = None
        result = hook.result()
        self._tunnels.close_all()
        zygote_ms = self._zygote.cpu_ms()
        has_strangers = end_strangers(self._zygote.pid)
        is_wiped = wipe(self._workspace)
        times = os.times()
        used = times.user + times.system + times.children_user + times.children_system
        self._send(
            {
                "t": "done",
                "id": hook.id,
                "result": result,
                "is_clean": is_wiped and not has_strangers,
                "cpu_ms": round(used * 1_000) + zygote_ms,
            }
        )
        if has_strangers:
            # The zygote was killed with the others, and the server starts another sandbox.
            self._leave()
        self._stand_by()

    def _send(self, message: dict[str, Any]) -> None:
        self._write(json_frame(message))

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._output, view) :]
            except BrokenPipeError:
                self._leave()

    def _leave(self) -> NoReturn:
        end_strangers(None)
        os._exit(0)
