"""Mastermind: the program also breaks codes by itself."""
# answers: RGBY|RRRR|XXXX|BGOY|solve
__version__ = "0.5b"
__author__ = "H. Minder"
import itertools
import random
from collections import Counter
from typing import NamedTuple

COLORS = "RGBYOP"


class Pegs(NamedTuple):
    black: int
    white: int

    def __str__(self): return "●" * self.black + "○" * self.white or "none"


def judge(code, guess):
    black = sum(a == b for a, b in zip(code, guess))
    both = sum((Counter(code) & Counter(guess)).values())
    return Pegs(black, both - black)


class Solver:
    def __init__(self): self._left = ["".join(p) for p in itertools.product(COLORS, repeat=4)]
    def learn(self, guess, pegs): self._left = [c for c in self._left if judge(c, guess) == pegs]
    def __len__(self): return len(self._left)
    def __next__(self): return self._left[0]


def main():
    rng = random.Random("mastermind")
    code = "".join(rng.choices(COLORS, k=4))
    solver = Solver()
    for turn in range(1, 11):
        guess = input(f"{turn:2d}> ").upper()
        if guess == "SOLVE": break
        if len(guess) != 4 or not set(guess) <= set(COLORS):
            print(f"Four of {', '.join(COLORS)}, please.")
            continue
        pegs = judge(code, guess)
        solver.learn(guess, pegs)
        print(pegs, f"{pegs._asdict()}", len(solver), "left")
        if pegs.black == 4: return print("You broke it!")
    while (pegs := judge(code, guess := next(solver))).black < 4:
        print(guess, pegs)
        solver.learn(guess, pegs)
    print("The code was", guess)
