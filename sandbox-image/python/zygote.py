"""The process from which every hook's process is forked. It has loaded the bot's code, but received no data of any
hook."""

from __future__ import annotations

import gc
import os
import socket
from typing import TYPE_CHECKING, Any, NoReturn

import kernel
from channel import Channel

if TYPE_CHECKING:
    from bot_code import BotCode

BIND, FORK, TAKEN, PREPARED = b"b", b"f", b".", b"p"
NUMBER = 4
# The first rounds fill the interpreter's free lists; after that every child starts with the same memory.
WARM_UPS = 3


class Zygote:
    """The supervisor's handle. The process is forked immediately, before any input is read."""

    def __init__(self, workspace: str) -> None:
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            ours.close()
            _live(workspace, theirs)
        theirs.close()
        self._line = ours

    def wait(self) -> None:
        """Waits until everything that a bot may need is loaded."""
        if self._line.recv(1) != PREPARED:
            raise EOFError("the zygote is gone")

    def bind(self, source: str, class_name: str, modules: list[str]) -> dict[str, Any] | None:
        """Loads the bot, once. Returns the error of the bot's code, if any."""
        self._line.sendall(BIND)
        channel = Channel(self._line)
        channel.say({"source": source, "class_name": class_name, "modules": modules})
        return channel.hear()["error"]

    def fork(self, channel: socket.socket) -> int:
        """The id of a new process that waits for its hook at this end of a channel."""
        self._line.sendall(FORK)
        # The child itself receives it, so that the zygote's memory does not change.
        socket.send_fds(self._line, [TAKEN], [channel.fileno()])
        return self._number()

    def status(self) -> int:
        """Waits for the last forked process and returns its exit status."""
        return self._number()

    def cpu_ms(self) -> int:
        """The CPU time of the zygote and all its children, in milliseconds."""
        with open(f"/proc/{self.pid}/stat") as stat:
            # The 14th to 17th field, counted after the name in parentheses.
            ticks = stat.read().rpartition(")")[2].split()[11:15]
        return round(sum(map(int, ticks)) * 1_000 / os.sysconf("SC_CLK_TCK"))

    def _number(self) -> int:
        data = self._line.recv(NUMBER, socket.MSG_WAITALL)
        if len(data) < NUMBER:
            raise EOFError("the zygote is gone")
        return int.from_bytes(data, "big")


def _live(workspace: str, line: socket.socket) -> NoReturn:
    """Never returns: the process always ends here."""
    try:
        _let_go_of_streams()
        _prepare()
        line.send(PREPARED)
        code = None
        while order := line.recv(1):
            if order == BIND:
                code = _bound(Channel(line))
            else:
                _fork(line, code, workspace)
    finally:
        # The supervisor has ended, or the source exceeded a limit of the interpreter.
        os._exit(1)


def _let_go_of_streams() -> None:
    """Closes the standard streams, which belong to the supervisor."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1):
        os.dup2(null, fd)
    os.close(null)


def _prepare() -> None:
    """Imports everything a bot may need, once, for all children."""
    import preload

    preload.everything()
    import bot_code
    import child
    import random_source
    import guard_attributes
    import guard_modules

    guard_attributes.begin(guard_modules.view_ids(), (random_source.Random, random_source.SystemRandom))
    child.CONFINE = kernel.confinement()
    kernel.close_doors()
    gc.collect()
    gc.freeze()


def _bound(channel: Channel) -> BotCode:
    from bot_code import BotCode

    code = BotCode(**channel.hear())
    channel.say({"error": code.error})
    gc.collect()
    gc.freeze()
    return code


def _fork(line: socket.socket, code: BotCode | None, workspace: str) -> None:
    """Frees its allocations in reverse order, so that every child starts with the same memory."""
    pid = os.fork()
    if pid == 0:
        _become_child(line, code, workspace)
    line.send(pid.to_bytes(NUMBER, "big"))
    line.send(os.waitpid(pid, 0)[1].to_bytes(NUMBER, "big"))


def _become_child(line: socket.socket, code: BotCode, workspace: str) -> NoReturn:
    from child import live

    _, fds, _, _ = socket.recv_fds(line, 1, 1)
    line.close()
    channel = socket.socket(fileno=fds[0])
    channel.send(TAKEN)
    live(code, workspace, channel)
