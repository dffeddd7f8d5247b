"""Time as a bot has it: the event's, standing still through the hook. Clocks that only measure stand at 0."""

import datetime
import gc
import time
from collections.abc import Callable
from typing import Any

monotonic = time.monotonic
_now_ns = 0
CLOCK_REALTIME = getattr(time, "CLOCK_REALTIME", 0)


def set_now(iso: str) -> None:
    global _now_ns
    moment = datetime.datetime.fromisoformat(iso.replace("Z", "+00:00"))
    _now_ns = (moment - EPOCH) // datetime.timedelta(microseconds=1) * 1_000


def install(changed: Callable[[type], None]) -> None:
    """Puts this time in the place of the machine's. `changed` is told of types of the interpreter that were altered."""
    broken_down = {name: getattr(time, name) for name in ("gmtime", "localtime", "ctime")}
    written = time.strftime, time.asctime
    for name, real in broken_down.items():
        setattr(time, name, _at_now(real))
    time.strftime = lambda form, at=None: written[0](form, broken_down["localtime"](seconds()) if at is None else at)
    time.asctime = lambda at=None: written[1](broken_down["localtime"](seconds()) if at is None else at)
    time.time, time.time_ns = seconds, nanoseconds
    for name in ("monotonic", "perf_counter", "process_time", "thread_time"):
        setattr(time, name, lambda: 0.0)
        setattr(time, f"{name}_ns", lambda: 0)
    time.clock_gettime = lambda clock: seconds() if clock == CLOCK_REALTIME else 0.0
    time.clock_gettime_ns = lambda clock: nanoseconds() if clock == CLOCK_REALTIME else 0
    # Types of the interpreter cannot be assigned to, and a subclass would be another type.
    members: dict[str, Any] = gc.get_referents(datetime.datetime.__dict__)[0]
    members["now"] = classmethod(lambda cls, tz=None: cls.fromtimestamp(seconds(), tz))
    members["utcnow"] = classmethod(lambda cls: cls.utcfromtimestamp(seconds()))
    changed(datetime.datetime)


def seconds() -> float:
    return _now_ns / 1_000_000_000


def nanoseconds() -> int:
    return _now_ns


def _at_now(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda at=None: real(seconds() if at is None else at)


EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
