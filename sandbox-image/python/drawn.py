"""Puts the run's chance in the place of every source of chance Python has."""

import os
import random

from chance import Chance

_chance = Chance("")
NAMES = [name for name in random.__all__ if name[0].islower()]
Seeded = random.Random


def set_key(key: str) -> None:
    global _chance
    _chance = Chance(key)


def is_drawn() -> bool:
    return _chance.is_drawn()


def urandom(count: int) -> bytes:
    return _chance.bytes(count)


def unit() -> float:
    return _chance.unit()


def below(k: int) -> int:
    return _chance.below(k)


class Random(Seeded):
    """Draws from the run's chance until it is given a seed of its own: from then on it is ordinary Python."""

    def seed(self, a=None, version=2):
        self.is_seeded = a is not None
        if self.is_seeded:
            super().seed(a, version)
        self.gauss_next = None

    def setstate(self, state):
        self.is_seeded = True
        super().setstate(state)

    def random(self):
        return super().random() if self.is_seeded else _chance.unit()

    def getrandbits(self, k):
        if self.is_seeded:
            return super().getrandbits(k)
        if k < 0:
            raise ValueError("number of bits must be non-negative")
        return _chance.bits(k)

    def randbytes(self, n):
        return super().randbytes(n) if self.is_seeded else _chance.bytes(n)

    def _randbelow(self, n):
        if self.is_seeded or n > 2**53:
            return self._randbelow_with_getrandbits(n)
        return _chance.below(n)


class SystemRandom(Random):
    """Has no state and takes no seed."""

    def seed(self, *args, **kwds):
        self.is_seeded = False
        self.gauss_next = None

    def getstate(self, *args, **kwds):
        raise NotImplementedError("System entropy source does not have state.")

    setstate = getstate


def install() -> None:
    Random.__module__ = SystemRandom.__module__ = "random"
    os.urandom = random._urandom = urandom
    random.Random, random.SystemRandom, random._inst = Random, SystemRandom, Random()
    for name in NAMES:
        setattr(random, name, getattr(random._inst, name))
