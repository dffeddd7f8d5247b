"""The effects that one run requests, validated like in bot-sdk/ledger.ts. The server validates everything again."""

import re
from collections.abc import Callable
from typing import Any, NoReturn

from failures import Coded
from plain import NotJson, byte_length, plain_json, plain_object

KEPT_KINDS = ("bot", "control", "private")
MIN_TIMER_SECONDS = 1
MAX_TIMER_SECONDS = 30 * 86_400
MAX_OPS = 50
TIMER_NAME = re.compile(r"[A-Za-z0-9_:.-]{1,64}")
HANDLE = re.compile(r"[0-9]{1,15}:[0-9]{1,3}")


class Ledger:
    """Collects effects while the hook runs, and raises for invalid requests."""

    def __init__(self, hook_input: dict, limits: dict) -> None:
        self.effects: list[dict] = []
        self.version: int = hook_input["state_version"]
        self.state: Any = hook_input["state"]
        self.is_saved = False
        self._input = hook_input
        self._limits = limits
        self._output_bytes = 0
        self._posts = 0

    def post(self, kind: Any, body: Any, to: Any = None, sealed: Any = False) -> str:
        if not isinstance(kind, str) or not 1 <= len(kind) <= 32:
            refuse("BAD_EFFECT", "kind is not a text of 1 to 32 characters")
        checked = demand(lambda: plain_object({"text": body} if isinstance(body, str) else body, "body"))
        self._count_post()
        self._count_bytes(checked, "body")
        handle = f"{self._input['run']}:{len(self.effects)}"
        effect: dict[str, Any] = {"type": "post", "kind": self._kind_of(kind, to)}
        if kind not in KEPT_KINDS:
            effect["label"] = demand(lambda: plain_json(kind, "kind"))
        effect["body"] = checked
        if to is not None:
            effect["to"] = self._seat_of(to)
        if sealed:
            effect["sealed"] = True
        self.effects.append({**effect, "state_version": self.version, "handle": handle})
        return handle

    def reveal(self, target: Any) -> None:
        is_id = type(target) is int and 0 <= target < 2**53
        if not is_id and not (isinstance(target, str) and self._is_handle(target)):
            refuse("BAD_EFFECT", "reveal needs a message id or the handle of a sealed post")
        self._count_post()
        self.effects.append({"type": "reveal", "target": target})

    def set_state(self, value: Any, expected: Any = None) -> int:
        if expected is not None and expected != self.version:
            refuse("STALE_STATE", f"the state is at version {self.version}")
        checked = demand(lambda: plain_json(value, "state"))
        most = self._limits["stateBytes"]
        if byte_length(checked) > most:
            refuse("STATE_TOO_LARGE", f"the state is larger than {most} bytes")
        self.state = checked
        self.is_saved = True
        self.version += 1
        return self.version

    def set_timer(self, name: Any, seconds: Any) -> None:
        is_long = isinstance(seconds, (int, float)) and 0 <= seconds <= MAX_TIMER_SECONDS
        if not is_long or isinstance(seconds, bool):
            refuse("BAD_EFFECT", f"a timer runs for 0 to {MAX_TIMER_SECONDS} seconds")
        self._count_timer()
        self.effects.append(
            {
                "type": "timer_set",
                "name": timer_name(name),
                "seconds": plain_json(max(seconds, MIN_TIMER_SECONDS), "seconds"),
            }
        )

    def clear_timer(self, name: Any) -> None:
        self._count_timer()
        self.effects.append({"type": "timer_clear", "name": timer_name(name)})

    def finish(self, result: Any) -> None:
        if any(effect["type"] == "finish" for effect in self.effects):
            refuse("BAD_EFFECT", "a hook can finish the round once")
        checked = demand(lambda: plain_object({} if result is None else result, "result"))
        self._count_bytes(checked, "result")
        self.effects.append({"type": "finish", "result": checked})

    def update_channel(self, ops: Any) -> None:
        checked = demand(lambda: plain_json(ops, "ops"))
        if not isinstance(checked, list) or len(checked) > MAX_OPS:
            refuse("BAD_EFFECT", f"ops is not a list of at most {MAX_OPS}")
        self._count_post()
        self._count_bytes(checked, "ops")
        self.effects.append({"type": "update_channel", "ops": checked})

    def _kind_of(self, kind: str, to: Any) -> str:
        if to is not None:
            return "private"
        if kind == "private":
            refuse("BAD_EFFECT", "a private post needs a seat it is for")
        return "control" if kind == "control" else "bot"

    def _seat_of(self, to: Any) -> str:
        call = self._input["call"]
        is_here = isinstance(to, str) and (
            any(player["seat"] == to for player in self._input["players"]) or call.get("player") == to
        )
        if not is_here:
            refuse("BAD_EFFECT", "to is not the seat of a player")
        return to

    def _is_handle(self, target: str) -> bool:
        if any(e["type"] == "post" and e.get("sealed") and e["handle"] == target for e in self.effects):
            return True
        return bool(HANDLE.fullmatch(target)) and not target.startswith(f"{self._input['run']}:")

    def _count_post(self) -> None:
        self._posts += 1
        if self._posts > self._limits["posts"]:
            refuse("POST_LIMIT", f"a hook may post {self._limits['posts']} times")

    def _count_timer(self) -> None:
        timers = sum(effect["type"] in ("timer_set", "timer_clear") for effect in self.effects)
        if timers >= self._limits["timers"]:
            refuse("BAD_EFFECT", f"a hook may set or clear {self._limits['timers']} timers")

    def _count_bytes(self, value: Any, what: str) -> None:
        size = byte_length(value)
        if size > self._limits["bodyBytes"]:
            refuse("BODY_TOO_LARGE", f"{what} is larger than {self._limits['bodyBytes']} bytes")
        self._output_bytes += size
        if self._output_bytes > self._limits["outputBytes"]:
            refuse("OUTPUT_LIMIT", f"a hook may put out {self._limits['outputBytes']} bytes")


def refuse(code: str, detail: str) -> NoReturn:
    raise Coded(code, detail)


def demand(check: Callable[[], Any]) -> Any:
    try:
        return check()
    except NotJson as error:
        refuse("BAD_EFFECT", str(error))


def timer_name(name: Any) -> str:
    if not isinstance(name, str) or not TIMER_NAME.fullmatch(name):
        refuse("BAD_EFFECT", "a timer name is 1 to 64 of A-Z a-z 0-9 _ : . -")
    return name
