"""A child that waits for its hook: forked while nobody asks, so that a hook does not wait for the fork."""

import os
import signal
import socket

from bot_code import BotCode
from child import live
from frames import JSON_FRAME, frame


class Standby:
    """Nothing of a bot has run in it yet."""

    def __init__(self, code: BotCode, workspace: str, private_fds: list[int]) -> None:
        self.channel, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            live(code, workspace, theirs.detach(), [*private_fds, self.channel.fileno()])
        theirs.close()

    def start(self, hook: bytes) -> None:
        """Gives it the server's message as it came."""
        self.channel.sendall(frame(JSON_FRAME, hook))
        self.channel.setblocking(False)

    def end(self, is_over: bool) -> int:
        """How it had ended; where it is over and still there, it is ended."""
        self.channel.close()
        if is_over:
            os.kill(self.pid, signal.SIGKILL)
        return os.waitpid(self.pid, 0)[1]
