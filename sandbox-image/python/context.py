"""The `ctx` object of a bot. Both spellings of a name are the same function."""

from typing import Any

import random_source
import logs
import web
from ledger import Ledger
from plain import plain_json


class Context:
    """The bot's only access to its channel. The ledger validates every request."""

    def __init__(self, hook_input: dict[str, Any], ledger: Ledger, workspace: str) -> None:
        self._ledger = ledger
        self.channel_id: str = hook_input["channel_id"]
        self.bot_id: str = hook_input["bot_id"]
        self.now: str = hook_input["now"]
        self.params: dict = hook_input["params"]
        self.env: dict[str, str] = hook_input["env"]
        self.players: list[dict] = hook_input["players"]
        self.workspace = workspace

    def post(self, kind: str, body: Any, to: str | None = None, sealed: bool = False) -> dict[str, Any]:
        handle = self._ledger.post(kind, body, to, sealed)
        return {"msg_id": handle, "handle": handle, "ts": self.now}

    def dm(self, slot_id: str, kind: str, body: Any) -> dict[str, Any]:
        return self.post(kind, body, to="" if slot_id is None else slot_id)

    def reveal(self, target: Any) -> None:
        self._ledger.reveal(target.get("handle") if isinstance(target, dict) else target)

    def get_state(self) -> Any:
        """A copy; changes are saved only by set_state."""
        ledger = self._ledger
        return {} if ledger.version == 0 and ledger.state is None else plain_json(ledger.state, "state")

    def set_state(self, state: Any, expected_version: int | None = None) -> int:
        return self._ledger.set_state(state, expected_version)

    @property
    def state_version(self) -> int:
        return self._ledger.version

    def set_timer(self, name: str, seconds: float) -> None:
        self._ledger.set_timer(name, seconds)

    def clear_timer(self, name: str) -> None:
        self._ledger.clear_timer(name)

    def finish(self, result: dict | None = None) -> None:
        self._ledger.finish(result)

    def update_channel(self, ops: list) -> None:
        self._ledger.update_channel(ops)

    def random(self, k: int | None = None) -> float:
        return random_source.unit() if k is None else random_source.below(k)

    def fetch(
        self,
        url: str,
        method: str = "GET",
        headers: dict | None = None,
        body: Any = None,
        timeout_ms: int | None = None,
    ) -> web.Response:
        return web.fetch(url, method, headers or {}, body, timeout_ms)

    def tls(self, host: str, port: int = 443) -> dict[str, Any]:
        return web.tls(host, port)

    def log(self, *values: Any) -> None:
        """Like print: visible only to admins of the channel."""
        logs.write_values(*values, file=logs.out)

    getState = get_state
    setState = set_state
    setTimer = set_timer
    clearTimer = clear_timer
    updateChannel = update_channel
