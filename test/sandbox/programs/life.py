"""Conway's Game of Life on an endless plane."""
# answers: 4|glider|2|blinker|0
from __future__ import annotations

__version__ = "1.2.3"
__author__ = "J. Conway's friend"

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar, Iterable

SHAPES = {"glider": ".#.\n..#\n###", "blinker": "###", "block": "##\n##"}


@dataclass(frozen=True)
class Cell:
    x: int
    y: int
    AROUND: ClassVar[list[tuple[int, int]]] = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]

    def neighbours(self) -> Iterable[Cell]:
        return (Cell(self.x + i, self.y + j) for i, j in self.AROUND)


@dataclass
class World:
    alive: set[Cell] = field(default_factory=set)
    age: int = 0
    parent: World | None = None

    @classmethod
    def of(cls, shape: str) -> World:
        return cls({Cell(x, y) for y, line in enumerate(shape.splitlines()) for x, c in enumerate(line) if c == "#"})

    def step(self) -> World:
        counts = Counter(n for cell in self.alive for n in cell.neighbours())
        return World({c for c, n in counts.items() if n == 3 or (n == 2 and c in self.alive)}, self.age + 1, self)

    def __str__(self) -> str:
        if not self.alive:
            return "(empty)"
        xs, ys = [c.x for c in self.alive], [c.y for c in self.alive]
        return "\n".join("".join("#" if Cell(x, y) in self.alive else "." for x in range(min(xs), max(xs) + 1))
                         for y in range(min(ys), max(ys) + 1))


def main():
    while steps := int(input("steps: ")):
        world = World.of(SHAPES[input("shape: ")])
        for _ in range(steps):
            print(f"-- {world.age}: {len(world.alive)} alive")
            print(world)
            world = world.step()
            time.sleep(0.001)
        print("ancestors:", world.parent.age, max(world.alive, key=lambda c: (c.x, c.y)))
