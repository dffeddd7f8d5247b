"""The random stream of one run, the same as bot-sdk/chance.ts: all random functions of a bot read from it."""

import hmac
from collections.abc import Callable

WORDS = 2**64


class Chance:
    """The bytes of one run, in order. Anyone with the key can repeat them."""

    def __init__(self, key: str, block: Callable[[int], bytes] | None = None) -> None:
        self._block = block or _blocks_of(key)
        self._unread = b""
        self._blocks = 0

    def is_drawn(self) -> bool:
        """Whether anything was read yet."""
        return self._blocks > 0

    def bytes(self, count: int) -> bytes:
        parts = []
        while count > 0:
            if not self._unread:
                self._unread = self._block(self._blocks)
                self._blocks += 1
            part, self._unread = self._unread[:count], self._unread[count:]
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def below(self, k: int) -> int:
        """A uniformly distributed integer from 0 to k - 1."""
        if type(k) is not int or not 1 <= k <= 2**53:
            raise ValueError("below(k) needs a whole k from 1 to 2^53")
        # Rejects words above the last full multiple of k, which would make small results more likely.
        fair = WORDS // k * k
        word = self._word()
        while word >= fair:
            word = self._word()
        return word % k

    def unit(self) -> float:
        """A number in [0, 1)."""
        return (self._word() >> 11) / 2**53

    def bits(self, count: int) -> int:
        size = (count + 7) // 8
        return int.from_bytes(self.bytes(size), "big") >> (size * 8 - count)

    def _word(self) -> int:
        return int.from_bytes(self.bytes(8), "big")


def _blocks_of(key: str) -> Callable[[int], bytes]:
    secret = bytes.fromhex(key)
    return lambda index: hmac.digest(secret, index.to_bytes(8, "big"), "sha256")
