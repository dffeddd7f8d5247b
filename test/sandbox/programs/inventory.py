"""A shop's stock with CSV in and JSON out."""
# answers: 
__version__ = '2.2'
__author__ = 'F. Keeper'
__all__ = ('Item', 'Stock')

import csv, io, json, textwrap
from collections import defaultdict
from functools import cached_property, reduce, total_ordering
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Dict, Generic, Iterable, List, TypeVar

T = TypeVar('T')
DATA = textwrap.dedent('''\
    sku,name,kind,price,count
    A1,"Apple, red",fruit,0.5,100
    B2,Bread,bakery,2.25,12
    C3,Cherry,fruit,4.0,3
    D4,Donut,bakery,1.1,0
''')


class Registry(Generic[T]):
    _items: Dict[str, T]

    def __init__(self) -> None: self._items = {}
    def __setitem__(self, key: str, item: T) -> None: self._items[key] = item
    def __getitem__(self, key: str) -> T: return self._items[key]
    def __iter__(self): return iter(self._items.values())
    def __len__(self): return len(self._items)


class Typed:
    def __init__(self, kind, low=None): self._kind, self._low = kind, low
    def __set_name__(self, owner, name): self._name = '_' + name
    def __get__(self, item, owner): return self if item is None else item.__dict__[self._name]

    def __set__(self, item, value):
        value = self._kind(value)
        if self._low is not None and value < self._low:
            raise ValueError(f'{self._name[1:]} below {self._low}')
        item.__dict__[self._name] = value


@total_ordering
class Item:
    sku, name, kind = Typed(str), Typed(str), Typed(str)
    price, count = Typed(float, 0), Typed(int, 0)

    def __init__(self, **fields):
        for name, value in fields.items(): setattr(self, name, value)

    def __eq__(self, other): return self.sku == other.sku
    def __lt__(self, other): return (self.kind, self.name) < (other.kind, other.name)
    def __hash__(self): return hash(self.sku)
    def __repr__(self): return '{0.sku}: {0.name} ({0._count} at {0.price:.2f})'.format(self)

    @cached_property
    def value(self): return self.price * self.count


class Stock(Registry[Item]):
    @classmethod
    def read(cls, text: str) -> 'Stock':
        stock = cls()
        for row in csv.DictReader(io.StringIO(text)): stock[row['sku']] = Item(**row)
        return stock

    def by_kind(self) -> Dict[str, List[Item]]:
        return {k: list(g) for k, g in groupby(sorted(self), key=attrgetter('kind'))}


def main():
    stock = Stock.read(DATA)
    for kind, items in stock.by_kind().items():
        print(kind.upper(), *items, sep='\n  ')
    print('total', reduce(lambda a, b: a + b.value, stock, 0.0), len(stock), max(stock), min(stock, key=attrgetter('price')))
    try:
        stock['A1'].count = -1
    except ValueError as error:
        print('!'.join(['refused', str(error)]))
    totals = defaultdict(int)
    for item in stock: totals[item.kind] += item.count
    print(sorted(totals.items(), key=itemgetter(1)), json.dumps([vars(i) for i in stock][0], sort_keys=True))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator='\n')
    writer.writerows((i.sku, i.name, i.count) for i in stock if i.count)
    print(out.getvalue(), end='')
