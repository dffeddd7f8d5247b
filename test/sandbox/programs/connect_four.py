"""Connect Four against a computer that looks ahead."""
# answers: 3|3|9|x|2|4|0|6|5|1|1|0|6|2|2
__version__ = "2.0"
__author__ = "B. Coder"
from enum import IntEnum
from typing import Iterator, List, Optional, Tuple
import math

ROWS, COLUMNS = 6, 7


class Player(IntEnum):
    NONE = 0
    HUMAN = 1
    COMPUTER = 2

    @property
    def disc(self) -> str:
        return ".XO"[self]

    def other(self) -> "Player":
        return Player(3 - self)


class Board:
    def __init__(self, cells: Optional[List[List[Player]]] = None) -> None:
        self._cells = cells or [[Player.NONE] * COLUMNS for _ in range(ROWS)]

    def __getitem__(self, at: Tuple[int, int]) -> Player:
        row, column = at
        return self._cells[row][column]

    def __str__(self) -> str:
        lines = ["".join(p.disc for p in row) for row in self._cells]
        return "\n".join(lines + ["0123456"])

    def moves(self) -> Iterator[int]:
        yield from (c for c in sorted(range(COLUMNS), key=lambda c: abs(c - 3)) if self[0, c] is Player.NONE)

    def play(self, column: int, who: Player) -> "Board":
        copy = Board([row[:] for row in self._cells])
        for row in reversed(copy._cells):
            if not row[column]:
                row[column] = who
                return copy
        raise IndexError("full")

    def windows(self):
        for r in range(ROWS):
            for c in range(COLUMNS):
                for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
                    if 0 <= r + 3 * dr < ROWS and 0 <= c + 3 * dc < COLUMNS:
                        yield [self[r + i * dr, c + i * dc] for i in range(4)]

    @property
    def winner(self) -> Optional[Player]:
        for window in self.windows():
            if window[0] and len(set(window)) == 1:
                return window[0]
        return None

    def score(self) -> int:
        total = 0
        for window in self.windows():
            mine, yours = window.count(Player.COMPUTER), window.count(Player.HUMAN)
            if not yours:
                total += mine ** 2
            elif not mine:
                total -= yours ** 2
        return total


def search(board: Board, who: Player, depth: int, alpha=-math.inf, beta=math.inf):
    if (winner := board.winner) is not None:
        return (1000 + depth if winner is Player.COMPUTER else -1000 - depth), None
    moves = list(board.moves())
    if depth == 0 or not moves:
        return board.score(), None
    best = None
    for move in moves:
        value, _ = search(board.play(move, who), who.other(), depth - 1, alpha, beta)
        if who is Player.COMPUTER and value > alpha:
            alpha, best = value, move
        elif who is Player.HUMAN and value < beta:
            beta, best = value, move
        if alpha >= beta:
            break
    return (alpha if who is Player.COMPUTER else beta), best if best is not None else moves[0]


def main():
    board, who = Board(), Player.HUMAN
    print(f"Connect Four {__version__}")
    while board.winner is None and list(board.moves()):
        print(board)
        if who is Player.HUMAN:
            try:
                column = int(input("Column: "))
                if column not in board.moves():
                    raise ValueError("no such column")
            except ValueError as error:
                print("Invalid:", error)
                continue
        else:
            _, column = search(board, who, 2)
            print("Computer plays", column)
        board, who = board.play(column, who), who.other()
    print(board)
    print({Player.HUMAN: "You win!", Player.COMPUTER: "Computer wins!"}.get(board.winner, "Draw."))
