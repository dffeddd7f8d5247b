"""The process of one hook: it runs the bot once, sends the result and exits."""

import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import clock
import random_source
import guard_attributes
import guard_audit
import logs
import loops
import mended
import web
from bot_code import SOURCE_NAME, BotCode
from channel import Channel
from context import Context
from exits import OUT_OF_MEMORY
from failures import outcome_of, run_error
from frames import json_frame
from ledger import Ledger
from plain import plain_json
from trial import found_on

HOOK_NAMES = {
    "on_init": "onInit",
    "on_join": "onJoin",
    "on_leave": "onLeave",
    "on_message": "onMessage",
    "on_private_message": "onPrivateMessage",
    "on_timer": "onTimer",
    "on_event": "onEvent",
}
MEBIBYTE = 1_048_576
# The container has 256 MiB; the rest is for the interpreter, the harness and a margin.
MAX_MEMORY_MB = 176
# Set by the zygote: installs the seccomp filter (kernel.py).
CONFINE: Callable[[], None]


def live(code: BotCode, workspace: str, line: socket.socket) -> NoReturn:
    """Waits for its one hook. Never returns: the process always ends here."""
    global CONFINE
    try:
        os.dup2(0, 2)
        channel = Channel(line)
        taken = _taken_bytes()
        _warm_up(workspace)
        message = channel.hear()
        _limit(message["limits"], taken)
        CONFINE()
        del CONFINE
        channel.say({"result": _run(message["input"], message["limits"], code, workspace, channel)})
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    finally:
        os._exit(0)


def _run(hook_input: dict, limits: dict, code: BotCode, workspace: str, channel: Channel) -> dict[str, Any]:
    ledger = Ledger(hook_input, limits)
    clock.set_now(hook_input["now"])
    random_source.set_key(hook_input.pop("key"))
    sys.stdout, sys.stderr = logs.out, logs.err
    logs.begin(channel.say, limits["logBytes"])
    mended.begin()
    web.begin(channel, limits["fetches"])
    guard_attributes.set_bot(code.names)
    guard_audit.begin(workspace, code.names)
    context = Context(hook_input, ledger, workspace)
    try:
        bot = _instance(code.run(), context)
        if hook_input.get("trial"):
            return {"outcome": "ok", "effects": [], "found": found_on(bot, HOOK_NAMES), **_drew()}
        _call(bot, hook_input["call"])
        loops.assert_nothing_lost()
    except BaseException as error:
        failure = run_error(error, SOURCE_NAME)
        return {"outcome": outcome_of(failure["code"]), "error": failure, "effects": [], **_drew()}
    finally:
        logs.flush()
    state = {"state": {"value": ledger.state, "version": ledger.version}} if ledger.is_saved else {}
    return {"outcome": "ok", "effects": ledger.effects, **state, **_drew()}


def _drew() -> dict[str, bool]:
    return {"drew": True} if random_source.is_drawn() else {}


def _call(bot: Any, call: dict[str, Any]) -> None:
    hook = call["hook"]
    method = getattr(bot, hook, None) or getattr(bot, HOOK_NAMES[hook], None)
    if not callable(method):
        return
    arguments = {
        "on_join": ["player"],
        "on_leave": ["player"],
        "on_message": ["msg"],
        "on_private_message": ["player", "msg"],
        "on_timer": ["name"],
        "on_event": ["msg"],
    }
    loops.run(method(*(call[name] for name in arguments.get(hook, []))))


def _instance(bot_class: type, context: Context) -> Any:
    has_own = any("__init__" in cls.__dict__ for cls in bot_class.__mro__[:-1])
    bot = bot_class(context, context.params) if has_own else bot_class()
    for name in ("ctx", "params"):
        if getattr(bot, name, None) is None:
            try:
                setattr(bot, name, context if name == "ctx" else context.params)
            except AttributeError:
                continue
    return bot


def _limit(limits: dict[str, Any], taken: int) -> None:
    cpu_s = limits["cpuMs"] / 1_000
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s) + 2, int(cpu_s) + 3))
    most = taken + min(limits["memoryMb"], MAX_MEMORY_MB) * MEBIBYTE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _taken_bytes() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def _warm_up(workspace: str) -> None:
    """Writes to memory that every hook needs before a hook waits: until then it is shared with the zygote
    (copy-on-write)."""
    json_frame(plain_json(json.loads('{"a": [1, "b"]}'), "warm"))
    clock.set_now("1970-01-01T00:00:00Z")
    random_source.set_key("00")
    random_source.unit()
    nothing = dict.fromkeys(["state", "channel_id", "bot_id", "now", "params", "env", "players", "run"])
    room = dict.fromkeys(["posts", "bodyBytes", "outputBytes", "stateBytes"], 99)
    nothing["state_version"] = 0
    context = Context(nothing, Ledger(nothing, room), workspace)
    context.post("bot", "warm")
    context.set_state(context.get_state())
