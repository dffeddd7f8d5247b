"""One hook in the supervisor: its child process, messages and time limits."""

import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from exits import OUT_OF_MEMORY
from frames import BadFrame, FrameReader, json_frame
from standby import Standby

READ_BYTES = 262_144
# The same value as in bot-sdk/ledger.ts.
MAX_LINES = 5_000
MAX_COUNTED = 999_999_999_999
CPU_SIGNALS = (signal.SIGPROF, signal.SIGXCPU)


class Hook:
    """Runs one hook. The child is untrusted: it may send anything, or never end."""

    def __init__(self, message: dict[str, Any], child: Standby, send: Callable[[dict], None]) -> None:
        self.id = message["id"]
        self._send = send
        self._limits = message["limits"]
        self._started = time.monotonic()
        self._reader = FrameReader()
        self._logs: list[str] = []
        self._room = self._limits["logBytes"]
        self._cut = 0
        self._result: dict[str, Any] | None = None
        self._unsent = b""
        self._asked = 0
        self._failure: dict[str, str] | None = None
        self._is_silent = False
        self._child = child
        try:
            # Without the id, which a replay does not have.
            child.start(json.dumps({"input": message["input"], "limits": message["limits"]}).encode())
        except OSError:
            self._is_silent = True

    @property
    def channel(self) -> socket.socket:
        return self._child.channel

    @property
    def interest(self) -> int:
        return select.POLLIN | (select.POLLOUT if self._unsent else 0)

    def milliseconds_left(self) -> int:
        left = self._limits["wallMs"] - (time.monotonic() - self._started) * 1_000
        return max(0, int(left) + 1)

    def is_over(self) -> bool:
        if self.milliseconds_left() <= 1 and not self._result and not self._is_silent:
            self._failure = self._failure or _timeout()
        return bool(self._failure or self._result or self._is_silent)

    def turn(self, event: int) -> None:
        try:
            if event & select.POLLOUT:
                self._unsent = self._unsent[self._child.channel.send(self._unsent) :]
            if event & ~select.POLLOUT:
                self._hear(self._child.channel.recv(READ_BYTES))
        except BlockingIOError:
            return
        except (OSError, BadFrame, ValueError, TypeError, KeyError, RecursionError):
            self._failure = {"code": "RUNNER_CRASHED", "detail": "the bot's process said what it cannot say"}

    def answer(self, message: dict[str, Any]) -> None:
        self._unsent += json_frame({"n": message["n"], "answer": message["answer"]})

    def kill(self) -> int:
        return self._child.end(is_over=bool(self._result or self._failure))

    def result(self) -> dict[str, Any]:
        status = self.kill()
        ms = round((time.monotonic() - self._started) * 1_000)
        error = self._failure or (None if self._result else _end_of(status))
        told = _failed(error) if error else self._result
        return {**told, "logs": [*self._logs, *self._note_of_cut()], "ms": ms}

    def _hear(self, data: bytes) -> None:
        if not data:
            self._is_silent = True
        for _, payload in self._reader.push(data):
            message = json.loads(payload)
            if "logs" in message:
                for line in list(message["logs"]):
                    self._log(str(line))
            elif "cut" in message:
                self._cut = max(self._cut, min(int(message["cut"]), MAX_COUNTED))
            elif "web" in message:
                self._send({"t": "web", "id": self.id, "n": self._asked, "request": dict(message["web"])})
                self._asked += 1
            else:
                self._result = _known(message["result"])

    def _log(self, line: str) -> None:
        if self._room > 0 and len(self._logs) < MAX_LINES:
            self._room -= len(line.encode("utf-8", "replace")) + 1
            self._logs.append(line)
        else:
            self._cut += 1

    def _note_of_cut(self) -> list[str]:
        """The line that bot-sdk/ledger.ts adds to logs that were cut, and recognizes."""
        if not self._cut:
            return []
        lines = "1 line" if self._cut == 1 else f"{self._cut} lines"
        return [f"… {lines} cut: a run keeps {MAX_LINES} lines and so many bytes of logs"]


def _known(result: dict[str, Any]) -> dict[str, Any]:
    """Keeps only the known fields of a result."""
    return {name: result[name] for name in ("outcome", "error", "effects", "state", "drew", "found") if name in result}


def _failed(error: dict[str, str]) -> dict[str, Any]:
    outcome = "timed_out" if error["code"] == "TIMEOUT" else "killed"
    return {"outcome": outcome, "error": error, "effects": []}


def _end_of(status: int) -> dict[str, str]:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number in CPU_SIGNALS:
            return _timeout()
        if number == signal.SIGKILL:
            # The harness did not kill it: the kernel kills the process that uses the most memory.
            return {"code": "MEMORY_LIMIT", "detail": "out of memory"}
        return {"code": "RUNNER_CRASHED", "detail": f"the bot's process ended with signal {number}"}
    if os.WEXITSTATUS(status) == OUT_OF_MEMORY:
        return {"code": "MEMORY_LIMIT", "detail": "out of memory"}
    return {"code": "RUNNER_CRASHED", "detail": "the bot's process left before its hook was over"}


def _timeout() -> dict[str, str]:
    return {"code": "TIMEOUT", "detail": "the hook took too long"}
