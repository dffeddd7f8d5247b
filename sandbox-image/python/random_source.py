"""Replaces all sources of randomness in Python by the run's random stream."""

import _random
import os
import random
from random import Random as Python

from chance import Chance

_chance = Chance("")
NAMES = [name for name in random.__all__ if name[0].islower()]
STATE_BYTES = 32


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


def _made_of(source: type, *left_out: str) -> dict:
    return {name: value for name, value in vars(source).items() if name not in ("__dict__", "__weakref__", *left_out)}


class _Generator:
    """The methods of a generator without access to its class, which would read randomness from the machine."""

    __slots__ = ("random", "getrandbits", "getstate")

    def __init__(self, generator: _random.Random) -> None:
        self.random, self.getrandbits, self.getstate = generator.random, generator.getrandbits, generator.getstate


def _generator_at(python: Python) -> _Generator:
    generator = _random.Random(0)
    generator.setstate(python.getstate()[1])
    return _Generator(generator)


class _Methods:
    """The methods of Python's random.Random. It is not a subclass, which would read randomness from the machine."""

    locals().update(_made_of(Python, "__new__", "__init__", "seed", "getstate", "setstate", "__init_subclass__"))


class Random(_Methods):
    """Reads from the run's random stream until it is seeded, or its state is set or read: from then on it is Python's
    generator, so that a state can be repeated. Its initial state comes from the run's stream as well."""

    def __new__(cls, *args, **kwds):
        self = object.__new__(cls)
        self._generator = None
        self.gauss_next = None
        if len(args) == 1 and isinstance(args[0], (int, float, str, bytes, bytearray)):
            Random.seed(self, args[0])
        return self

    def __init__(self, x=None):
        self.seed(x)
        self.gauss_next = None

    def __init_subclass__(cls, /, **kwargs):
        """A subclass with its own random() uses that, as in Python."""
        for base in cls.__mro__:
            members = vars(base)
            if "_randbelow" in members:
                break
            if "getrandbits" in members:
                cls._randbelow = cls._randbelow_with_getrandbits
                break
            if "random" in members:
                cls._randbelow = cls._randbelow_without_getrandbits
                break

    def seed(self, a=None, version=2):
        if a is None:
            self._generator = None
        else:
            python = Python()
            python.seed(a, version)
            self._generator = _generator_at(python)
        self.gauss_next = None

    def getstate(self):
        if self._generator is None:
            gauss_next = self.gauss_next
            Random.seed(self, int.from_bytes(_chance.bytes(STATE_BYTES), "big"))
            self.gauss_next = gauss_next
        return self.VERSION, self._generator.getstate(), self.gauss_next

    def setstate(self, state):
        python = Python()
        python.setstate(state)
        self._generator = _generator_at(python)
        self.gauss_next = python.gauss_next

    def random(self):
        generator = self._generator
        return _chance.unit() if generator is None else generator.random()

    def getrandbits(self, k):
        if self._generator is not None:
            return self._generator.getrandbits(k)
        if k < 0:
            raise ValueError("number of bits must be non-negative")
        return _chance.bits(k)

    def randbytes(self, n):
        if self._generator is None and type(self).getrandbits is Random.getrandbits:
            return _chance.bytes(n)
        return self.getrandbits(n * 8).to_bytes(n, "little")

    def _randbelow(self, n):
        if self._generator is not None or n > 2**53:
            return self._randbelow_with_getrandbits(n)
        return _chance.below(n)


class SystemRandom(Random):
    """Has no state and ignores seeds."""

    def __new__(cls, *args, **kwds):
        return super().__new__(cls)

    def seed(self, *args, **kwds):
        self.gauss_next = None

    def getstate(self, *args, **kwds):
        raise NotImplementedError("System entropy source does not have state.")

    setstate = getstate


def install() -> None:
    for kind in (Random, SystemRandom):
        kind.__module__ = "random"
    os.urandom = random._urandom = urandom
    random.Random, random.SystemRandom, random._inst = Random, SystemRandom, Random()
    for name in NAMES:
        setattr(random, name, getattr(random._inst, name))
