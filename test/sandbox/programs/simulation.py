"""Customers in a bank queue: a simulation with a heap of events."""
# answers: 30
__version__ = '1.1.0'
__author__ = 'D. Statistician'
__date__ = '2024-01-01'

import heapq
import itertools
import logging
import random
import statistics
import sys
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field

log = logging.getLogger(__name__ + '.bank')


@dataclass(order=True)
class Event:
    time: float
    order: int = field(default_factory=itertools.count().__next__)
    kind: str = field(compare=False, default='arrive')
    who: int = field(compare=False, default=0)


class Bank:
    def __init__(self, tellers, rng):
        self._free, self._rng = tellers, rng
        self._queue, self._waits, self._events = deque(), [], []
        self._now = 0.0

    def schedule(self, delay, kind, who):
        heapq.heappush(self._events, Event(self._now + delay, kind=kind, who=who))

    def run(self, customers):
        at = 0.0
        for who in range(customers):
            at += self._rng.expovariate(1 / 3)
            heapq.heappush(self._events, Event(at, who=who))
        while self._events:
            event = heapq.heappop(self._events)
            self._now = event.time
            getattr(self, f'_on_{event.kind}')(event.who)
        return self._waits

    def _on_arrive(self, who):
        self._queue.append((who, self._now))
        log.debug('%5.1f customer %d arrives, %d wait', self._now, who, len(self._queue))
        self._serve()

    def _on_leave(self, who):
        self._free += 1
        self._serve()

    def _serve(self):
        while self._free and self._queue:
            who, since = self._queue.popleft()
            self._free -= 1
            self._waits.append(self._now - since)
            self.schedule(max(0.5, self._rng.gauss(5, 2)), 'leave', who)


@contextmanager
def logged(level):
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter('%(levelname).1s %(message)s'))
    log.setLevel(level)
    log.addHandler(handler)
    log.propagate = False
    try:
        yield log
    finally:
        log.removeHandler(handler)


def main():
    count = int(input('customers? '))
    for tellers in (1, 2, 3):
        waits = Bank(tellers, random.Random(tellers)).run(count)
        print(f'{tellers} tellers: mean {statistics.fmean(waits):.3f} median {statistics.median(waits):.3f} '
              f'max {max(waits):.3f} p90 {statistics.quantiles(waits, n=10)[-1]:.3f}')
    with logged(logging.DEBUG):
        Bank(1, random.Random(99)).run(5)
