"""asyncio inside a hook: one event loop on the run's clock, which never really waits, and reports all lost errors."""

import asyncio
import asyncio.base_events
import asyncio.base_tasks
import asyncio.tasks
import sys
from collections.abc import Callable
from typing import Any

import clock

NEVER = "the hook waits for something that nothing will settle"
FORGOTTEN_EVERY = 1_000
NO_NETWORK = "asyncio has no connections and no processes here: use ctx.fetch, requests, socket or ssl"

# Futures with an error that nobody has retrieved, and errors of deleted futures.
_watched: list[asyncio.Future] = []
_lost: list[BaseException] = []


class Selector:
    """A selector without files: instead of waiting it advances the clock."""

    def select(self, timeout: float | None = None) -> list:
        if timeout is None:
            raise RuntimeError(NEVER)
        if timeout > 0:
            clock.sleep(timeout)
        return []

    def close(self) -> None:
        """Nothing to close."""


class HookLoop(asyncio.base_events.BaseEventLoop):
    """Runs the bot's coroutines in the order in which they were scheduled."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = Selector()

    def time(self) -> float:
        return clock.elapsed()

    def create_future(self) -> asyncio.Future:
        return _watch(asyncio.Future(loop=self))

    def create_task(self, coro, *, name=None, context=None):
        return _watch(super().create_task(coro, name=name, context=context))

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None and self.get_exception_handler() is None:
            _lost.append(error)
        else:
            super().call_exception_handler(context)

    def run_in_executor(self, executor, func, *args):
        """Runs the function immediately, because there are no threads."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def call_soon_threadsafe(self, callback, *args, context=None):
        return self.call_soon(callback, *args, context=context)

    async def shutdown_default_executor(self, timeout=None) -> None:
        """There is no executor."""

    def run_until_settled(self, awaitable: Any) -> None:
        """Runs until it and everything that it started is finished; tasks that can never finish are abandoned, except
        the requested one."""
        self.run_until_complete(awaitable)
        while self._ready or self._scheduled:
            self.call_soon(self.stop)
            self.run_forever()
            if not self._ready and self._scheduled:
                self._selector.select(max(0.0, self._scheduled[0]._when - self.time()))

    def _process_events(self, event_list: list) -> None:
        """There are no files to process."""

    def _write_to_self(self) -> None:
        """No other thread can wake it."""

    async def _refuse(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError(NO_NETWORK)

    create_connection = create_server = create_datagram_endpoint = subprocess_exec = subprocess_shell = _refuse
    connect_read_pipe = connect_write_pipe = getaddrinfo = getnameinfo = sock_connect = start_tls = _refuse


class Policy(asyncio.DefaultEventLoopPolicy):
    _loop_factory = HookLoop


def install(set_member: Callable[[type, str, Any], None]) -> None:
    """`set_member` sets an attribute of a built-in type."""
    asyncio.set_event_loop_policy(Policy())
    for kind in {asyncio.Task, asyncio.tasks._PyTask}:
        # The stack of a task is a list of frames, which would give access to everything.
        set_member(kind, "get_stack", lambda self, *, limit=None: [])
        set_member(kind, "print_stack", lambda self, *, limit=None, file=None: None)
    make_outer = asyncio.tasks._GatheringFuture.__init__

    def watch_outer(self, children, *, loop=None):
        make_outer(self, children, loop=loop)
        _watch(self)

    asyncio.tasks._GatheringFuture.__init__ = watch_outer


def run(awaitable: Any) -> None:
    """Runs the result of a hook to its end, with everything that it started."""
    if not hasattr(awaitable, "__await__"):
        return
    loop = HookLoop()
    asyncio.set_event_loop(loop)
    loop.run_until_settled(_until(awaitable))


def assert_nothing_lost() -> None:
    """Raises the first error of a task or future that nobody retrieved."""
    for future in _watched:
        if _is_lost(future):
            raise future._exception
    for error in _lost:
        raise error
    for future in _watched:
        if not future.done() and isinstance(future, asyncio.Task):
            print(f"{future.get_name()} was not done when the hook ended", file=sys.stderr)


async def _until(awaitable: Any) -> Any:
    return await awaitable


def _watch(future: Any) -> Any:
    _watched.append(future)
    if len(_watched) % FORGOTTEN_EVERY == 0:
        _watched[:] = [each for each in _watched if not each.done() or _is_lost(each)]
    return future


def _is_lost(future: Any) -> bool:
    return future.done() and not future.cancelled() and future._log_traceback
