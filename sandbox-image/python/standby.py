"""A child that waits for its hook: forked while nobody asks, so that a hook does not wait for the fork."""

import os
import signal
import socket

from frames import JSON_FRAME, frame
from zygote import TAKEN, Zygote


class Standby:
    """Nothing of a bot has run in it yet."""

    def __init__(self, zygote: Zygote) -> None:
        self._zygote = zygote
        self.channel, theirs = socket.socketpair()
        with theirs:
            self.pid = zygote.fork(theirs)
        # Ended before it took its end, it would leave that for the zygote to trip over.
        if self.channel.recv(1) != TAKEN:
            raise EOFError("the child is gone")

    def start(self, hook: bytes) -> None:
        """Gives it its hook."""
        self.channel.sendall(frame(JSON_FRAME, hook))
        self.channel.setblocking(False)

    def end(self, is_over: bool) -> int:
        """How it had ended; where it is over and still there, it is ended."""
        self.channel.close()
        if is_over:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return self._zygote.status()
