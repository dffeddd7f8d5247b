"""Solves Sudoku by constraint propagation and search."""
# answers: 
__version__ = '1.0'
__author__ = 'K. Solver'
import copy, sys, time

def cross(A, B): return [a + b for a in A for b in B]

digits = '123456789'
rows, cols = 'ABCDEFGHI', digits
squares = cross(rows, cols)
unitlist = ([cross(rows, c) for c in cols] + [cross(r, cols) for r in rows] +
            [cross(rs, cs) for rs in ('ABC', 'DEF', 'GHI') for cs in ('123', '456', '789')])
units = dict((s, [u for u in unitlist if s in u]) for s in squares)
peers = dict((s, set(sum(units[s], [])) - {s}) for s in squares)


class Grid(object):
    __slots__ = ['_values', '__weakref__']

    def __init__(self, text):
        self._values = {s: digits for s in squares}
        for s, d in zip(squares, text):
            if d in digits and not self.assign(s, d):
                raise ValueError('contradiction at %s' % s)

    def assign(self, s, d):
        return all([self.eliminate(s, other) for other in self._values[s].replace(d, '')])

    def eliminate(self, s, d):
        if d not in self._values[s]: return True
        self._values[s] = self._values[s].replace(d, '')
        if not self._values[s]: return False
        if len(self._values[s]) == 1:
            last = self._values[s]
            if not all([self.eliminate(p, last) for p in sorted(peers[s])]): return False
        for u in units[s]:
            places = [q for q in u if d in self._values[q]]
            if not places: return False
            if len(places) == 1 and not self.assign(places[0], d): return False
        return True

    @property
    def solved(self): return all(len(v) == 1 for v in self._values.values())

    def search(self, counter):
        counter[0] += 1
        if self.solved: return self
        _, s = min((len(self._values[s]), s) for s in squares if len(self._values[s]) > 1)
        for d in self._values[s]:
            tried = copy.deepcopy(self)
            if tried.assign(s, d):
                found = tried.search(counter)
                if found: return found
        return None

    def __str__(self):
        lines = []
        for r in rows:
            lines.append(' '.join(self._values[r + c] + ('|' if c in '36' else '') for c in cols))
            if r in 'CF': lines.append('-' * 21)
        return '\n'.join(lines)


PUZZLES = {
    'easy': '003020600900305001001806400008102900700000008006708200002609500800203009005010300',
    'hard': '4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......',
}


def main():
    sys.setrecursionlimit(10000)
    for name, text in sorted(PUZZLES.items()):
        count = [0]
        start = time.process_time()
        print(name.capitalize())
        print(Grid(text).search(count))
        print('%d grids tried' % count[0], 'in time' if time.process_time() - start < 60 else 'late')
    try:
        Grid('11' + '.' * 79)
    except ValueError as e:
        print('Error: %s' % e)
