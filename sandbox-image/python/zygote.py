"""The process that every hook's process is forked from. It has the bot's code and has heard nothing of any hook."""

from __future__ import annotations

import gc
import os
import socket
from typing import TYPE_CHECKING, Any, NoReturn

import kernel
from channel import Channel

if TYPE_CHECKING:
    from bot_code import BotCode

BIND, FORK, TAKEN = b"b", b"f", b"."
NUMBER = 4
# The first rounds fill the interpreter's lists of free objects; from then on every child begins with the same memory.
WARM_UPS = 3


class Zygote:
    """The supervisor's handle. The process itself is forked at once, before there is anything to hear."""

    def __init__(self, workspace: str) -> None:
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            ours.close()
            _live(workspace, theirs)
        theirs.close()
        self._line = ours

    def bind(self, source: str, class_name: str, modules: list[str]) -> dict[str, Any] | None:
        """Gives it the bot, once. Answers with what is wrong with the bot."""
        self._line.sendall(BIND)
        channel = Channel(self._line)
        channel.say({"source": source, "class_name": class_name, "modules": modules})
        return channel.hear()["error"]

    def fork(self, channel: socket.socket) -> int:
        """Answers with the number of a new process that waits for its hook at this end of a channel."""
        self._line.sendall(FORK)
        # Taken by the child itself: the zygote is to find nothing in its memory that was not there before.
        socket.send_fds(self._line, [TAKEN], [channel.fileno()])
        return self._number()

    def status(self) -> int:
        """How the process that was forked last has ended; waits for that."""
        return self._number()

    def cpu_ms(self) -> int:
        """What it and all it ever forked have used."""
        with open(f"/proc/{self.pid}/stat") as stat:
            # After the name, which is in parentheses: the 14th to the 17th field.
            ticks = stat.read().rpartition(")")[2].split()[11:15]
        return round(sum(map(int, ticks)) * 1_000 / os.sysconf("SC_CLK_TCK"))

    def _number(self) -> int:
        data = self._line.recv(NUMBER, socket.MSG_WAITALL)
        if len(data) < NUMBER:
            raise EOFError("the zygote is gone")
        return int.from_bytes(data, "big")


def _live(workspace: str, line: socket.socket) -> NoReturn:
    """Whatever happens, this process ends here."""
    try:
        _let_go_of_streams()
        _prepare()
        code = None
        while order := line.recv(1):
            if order == BIND:
                code = _bound(Channel(line))
            else:
                _fork(line, code, workspace)
    finally:
        # The supervisor is gone, or the source was more than the interpreter could take.
        os._exit(1)


def _let_go_of_streams() -> None:
    """The server is the supervisor's to speak to."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1):
        os.dup2(null, fd)
    os.close(null)


def _prepare() -> None:
    """Everything a bot may need is imported here, once: a child begins with it."""
    import preload

    preload.everything()
    import bot_code
    import child

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
    """What this allocates it gives back, the last first: the next child finds the memory that this one found."""
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
