"""Tic-tac-toe that cannot be beaten."""
# answers: 5|5|1|3|8|4|2|6|7|9
import sys, functools
__author__, __version__ = "G. Gamer", "1.0"
LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]


def winner(b):
    for i, j, k in LINES:
        if b[i] != " " and b[i] == b[j] == b[k]:
            return b[i]
    return None if " " in b else "draw"


@functools.lru_cache(maxsize=None)
def best(b, me):
    w = winner(b)
    if w: return {"X": -1, "O": 1, "draw": 0}[w], None
    scores = []
    for i, c in enumerate(b):
        if c == " ":
            score, _ = best(b[:i] + me + b[i + 1:], "O" if me == "X" else "X")
            scores.append((score, -i))
    score, i = (max if me == "O" else min)(scores)
    return score, -i


def draw(b): print(*("|".join(b[r:r + 3]) for r in (0, 3, 6)), sep="\n-+-+-\n")


def main(argv=sys.argv[1:]):
    b = " " * 9
    while not winner(b):
        draw(b)
        answer = input("Your move (1-9): ")
        if not answer.isdigit() or not 1 <= int(answer) <= 9 or b[int(answer) - 1] != " ":
            print("Not there."); continue
        i = int(answer) - 1
        b = b[:i] + "X" + b[i + 1:]
        if winner(b): break
        _, i = best(b, "O")
        b = b[:i] + "O" + b[i + 1:]
        print("I take", i + 1)
    draw(b)
    print("Result:", winner(b), best.cache_info().currsize > 100)
