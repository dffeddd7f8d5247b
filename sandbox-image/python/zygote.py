"""The first process of a sandbox: bound to one bot, it forks a child per hook and carries what the child says."""

from __future__ import annotations

import gc
import json
import os
import select
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import kernel
from frames import TUNNEL_FRAME, BadFrame, FrameReader, json_frame
from leftovers import end_strangers, wipe
from tunnels import Tunnels

if TYPE_CHECKING:
    from bot_code import BotCode
    from hook import Hook
    from standby import Standby

READ_BYTES = 65_536


class Zygote:
    """Serves one server on standard input and output until that closes."""

    def __init__(self, workspace: str) -> None:
        self._workspace = workspace
        self._reader = FrameReader()
        self._code: BotCode | None = None
        self._hook: Hook | None = None
        self._standby: Standby | None = None
        self._tunnels = Tunnels(self._send, self._write)
        # Nobody else gets to these two: not a print, and not a child.
        self._input, self._output = os.dup(0), os.dup(1)
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1):
            os.dup2(null, fd)

    def serve(self) -> None:
        self._send({"t": "ready", "runtime": "python@" + ".".join(map(str, sys.version_info[:3]))})
        self._prepare()
        while True:
            self._turn()

    def _prepare(self) -> None:
        """Everything a bot may need is imported here, once: a child begins with it."""
        import preload

        preload.everything()
        kernel.close_doors()
        gc.collect()
        gc.freeze()

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
        try:
            for kind, payload in self._reader.push(data):
                if kind == TUNNEL_FRAME:
                    self._tunnels.deliver(payload)
                else:
                    self._take(json.loads(payload), payload)
        except BadFrame:
            self._leave()

    def _take(self, message: dict[str, Any], raw: bytes) -> None:
        match message["t"]:
            case "bind":
                self._bind(message)
            case "hook":
                self._start(message, raw)
            case "web":
                if self._hook and self._hook.id == message["id"]:
                    self._hook.answer(message)
            case "opened" | "refused" | "end" | "closed":
                self._tunnels.hear(message)

    def _bind(self, message: dict[str, Any]) -> None:
        from bot_code import BotCode

        if self._standby:
            self._standby.end(is_over=True)
            self._standby = None
        self._code = BotCode(message["executed"], message["class_name"], message["modules"])
        if self._code.error:
            self._send({"t": "unbound", "error": self._code.error})
            return
        if message["has_network"]:
            self._tunnels.listen()
        gc.freeze()
        self._send({"t": "bound"})
        self._stand_by()

    def _stand_by(self) -> None:
        from standby import Standby

        self._standby = Standby(self._code, self._workspace, [self._input, self._output, *self._tunnels.fds()])

    def _start(self, message: dict[str, Any], raw: bytes) -> None:
        from hook import Hook

        self._hook = Hook(message, raw, self._standby, self._send)
        self._standby = None

    def _end(self, hook: Hook) -> None:
        self._hook = None
        result = hook.result()
        self._tunnels.close_all()
        has_strangers = end_strangers()
        is_wiped = wipe(self._workspace)
        times = os.times()
        used = times.user + times.system + times.children_user + times.children_system
        self._send(
            {
                "t": "done",
                "id": hook.id,
                "result": result,
                "is_clean": is_wiped and not has_strangers,
                "cpu_ms": round(used * 1_000),
            }
        )
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
        end_strangers()
        os._exit(0)
