"""A child that waits for its hook: it is forked in advance, so that a hook does not wait for the fork."""

import os
import signal
import socket

from frames import JSON_FRAME, frame
from zygote import TAKEN, Zygote


class Standby:
    """No code of a bot has run in it yet."""

    def __init__(self, zygote: Zygote) -> None:
        self._zygote = zygote
        self.channel, theirs = socket.socketpair()
        with theirs:
            self.pid = zygote.fork(theirs)
        # If it ended before it received its socket, the socket would remain in the zygote's queue.
        if self.channel.recv(1) != TAKEN:
            raise EOFError("the child is gone")

    def start(self, hook: bytes) -> None:
        """Sends it its hook."""
        self.channel.sendall(frame(JSON_FRAME, hook))
        self.channel.setblocking(False)

    def end(self, is_over: bool) -> int:
        """Its exit status; if the hook is over and it still runs, it is killed."""
        self.channel.close()
        if is_over:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return self._zygote.status()
