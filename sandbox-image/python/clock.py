"""The clock of a bot: the time of the event plus the time that the bot has slept. Clocks that measure durations begin
at 0."""

import datetime
import gc
import time
from collections.abc import Callable
from typing import Any

CLOCK_REALTIME = getattr(time, "CLOCK_REALTIME", 0)
# A bot that reads the clock more often than this is waiting for it to advance.
MAX_READINGS = 200_000
MAX_SLEEP_SECONDS = 9_223_372_036
MEASURING = ("monotonic", "perf_counter")
WORKING = ("process_time", "thread_time")
STANDS_STILL = "clocks stand still during a hook: time.sleep() moves them on, waiting in a loop does not"

_now_ns = 0
_slept_ns = 0
_readings = 0


class StandsStill(RuntimeError):
    """The bot waits for the clock to advance, which only sleeping does."""


def set_now(iso: str) -> None:
    global _now_ns, _slept_ns, _readings
    moment = datetime.datetime.fromisoformat(iso.replace("Z", "+00:00"))
    _now_ns = (moment - EPOCH) // datetime.timedelta(microseconds=1) * 1_000
    _slept_ns = _readings = 0


def seconds() -> float:
    return nanoseconds() / 1_000_000_000


def nanoseconds() -> int:
    _count()
    return _now_ns + _slept_ns


def elapsed() -> float:
    """The seconds that the bot has slept."""
    return elapsed_ns() / 1_000_000_000


def elapsed_ns() -> int:
    _count()
    return _slept_ns


def sleep(secs: float, /) -> None:
    """Advances the run's clock without waiting."""
    global _slept_ns, _readings
    length = _as_number(secs)
    if length < 0:
        raise ValueError("sleep length must be non-negative")
    if length > MAX_SLEEP_SECONDS or _slept_ns > MAX_SLEEP_SECONDS * 1_000_000_000:
        raise OverflowError("timestamp too large to convert to C _PyTime_t")
    step = -int(-length * 1_000_000_000 // 1)
    _slept_ns += step
    _readings = 0 if step else _readings + 1


class Builtin:
    """A callable that, like a built-in function, does not become a method when it is an attribute of a class."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.__name__ = self.__qualname__ = name
        self.__module__, self.__doc__ = "time", getattr(time, name).__doc__
        self._function = function

    def __call__(self, *args: Any) -> Any:
        return self._function(*args)

    def __repr__(self) -> str:
        return f"<built-in function {self.__name__}>"


def install(changed: Callable[[type], None]) -> None:
    """Replaces the machine's clock. `changed` is called with each built-in type that was modified."""
    real = {name: getattr(time, name) for name in ("gmtime", "localtime", "ctime", "strftime", "asctime")}
    found: dict[str, Callable[..., Any]] = {
        "time": seconds,
        "time_ns": nanoseconds,
        "sleep": sleep,
        "clock_gettime": lambda clock: seconds() if clock == CLOCK_REALTIME else elapsed(),
        "clock_gettime_ns": lambda clock: nanoseconds() if clock == CLOCK_REALTIME else elapsed_ns(),
        "strftime": lambda form, at=None: real["strftime"](form, real["localtime"](seconds()) if at is None else at),
        "asctime": lambda at=None: real["asctime"](real["localtime"](seconds()) if at is None else at),
    }
    for name in ("gmtime", "localtime", "ctime"):
        found[name] = _at_now(real[name])
    for name in MEASURING:
        found |= {name: elapsed, f"{name}_ns": elapsed_ns}
    for name in WORKING:
        found |= {name: lambda: _count() or 0.0, f"{name}_ns": lambda: _count() or 0}
    for name, function in found.items():
        setattr(time, name, Builtin(name, function))
    # Attributes of built-in types cannot be assigned, and a subclass would be another type.
    members: dict[str, Any] = gc.get_referents(datetime.datetime.__dict__)[0]
    members["now"] = classmethod(lambda cls, tz=None: cls.fromtimestamp(seconds(), tz))
    members["utcnow"] = classmethod(lambda cls: cls.utcfromtimestamp(seconds()))
    changed(datetime.datetime)


def _count() -> None:
    global _readings
    _readings += 1
    if _readings > MAX_READINGS:
        raise StandsStill(STANDS_STILL)


def _as_number(secs: Any) -> float:
    if isinstance(secs, (int, float)):
        return secs
    if hasattr(type(secs), "__index__") or hasattr(type(secs), "__float__"):
        return float(secs)
    raise TypeError(f"'{type(secs).__name__}' object cannot be interpreted as an integer")


def _at_now(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda at=None: real(seconds() if at is None else at)


EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
