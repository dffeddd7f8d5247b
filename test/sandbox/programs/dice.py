#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Rolls dice written as 2d6+1 and keeps count.

Usage: type a roll, `stats` or `quit`.
"""
# answers: 2d6|d20|3d8-2|abc|0d4|stats|quit

__author__ = "A. Player"
__version__ = "1.4.0"
__license__ = "MIT"

import random
import re
import sys
from collections import Counter

PATTERN = re.compile(r"^(?P<count>\d*)d(?P<sides>\d+)(?P<bonus>[+-]\d+)?$")


class DiceError(ValueError):
    """Raised when a roll makes no sense."""


class Roller:
    def __init__(self, seed=None):
        self._random = random.Random(seed)
        self._history = Counter()
        self.__rolls = 0

    def roll(self, text):
        found = PATTERN.match(text.strip().lower())
        if not found:
            raise DiceError(f"{text!r} is no roll")
        count = int(found["count"] or 1)
        if count < 1:
            raise DiceError("roll at least one die")
        sides, bonus = int(found["sides"]), int(found["bonus"] or 0)
        rolled = [self._random.randint(1, sides) for _ in range(count)]
        self._history.update(rolled)
        self.__rolls += 1
        return rolled, bonus, sum(rolled) + bonus

    @property
    def stats(self):
        return f"{self.__rolls} rolls: " + ", ".join(f"{face}×{n}" for face, n in sorted(self._history.items()))


def main():
    print(f"Dice {__version__} by {__author__}")
    roller = Roller(seed=2024)
    while True:
        command = input("> ")
        if command == "quit":
            print("Bye!")
            return 0
        if command == "stats":
            print(roller.stats)
            continue
        try:
            rolled, bonus, total = roller.roll(command)
        except DiceError as error:
            print("Error:", error, file=sys.stdout)
        else:
            print(f"{' + '.join(map(str, rolled))}{bonus:+d} = {total}" if bonus else f"{rolled} = {total}")


if __name__ == "__main__":
    sys.exit(main())
