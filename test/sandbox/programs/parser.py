"""Reads arithmetic with variables and functions, and evaluates it."""
# answers: 1 + 2 * 3|x = 4|x ^ 2 - 1|sqrt(x) + max(1, 2, x)|(1 + |2 / 0|y|-(-3) % 2|pi * 2|quit
__version__ = '3.1'
__author__ = 'C. Parser'
import math
import operator
import re
from abc import ABC, abstractmethod
from collections import namedtuple

Token = namedtuple('Token', 'kind value at')
SPEC = [('NUM', r'\d+(?:\.\d*)?'), ('ID', r'[A-Za-z_]\w*'), ('OP', r'[-+*/%^=(),]'), ('WS', r'\s+'), ('BAD', r'.')]
LEXER = re.compile('|'.join(f'(?P<{k}>{p})' for k, p in SPEC))


def tokens(text):
    for m in LEXER.finditer(text):
        if m.lastgroup == 'BAD':
            raise SyntaxError(f'unexpected {m.group()!r} at {m.start()}')
        if m.lastgroup != 'WS':
            yield Token(m.lastgroup, m.group(), m.start())
    yield Token('END', '', len(text))


class Node(ABC):
    _count = 0

    def __init__(self, *parts):
        self._parts = parts
        type(self)._count += 1

    @abstractmethod
    def value(self, names): ...

    def __repr__(self):
        return f"{self.__class__.__name__}({', '.join(map(repr, self._parts))})"


class Num(Node):
    def value(self, names): return self._parts[0]


class Name(Node):
    def value(self, names):
        try:
            return names[self._parts[0]]
        except KeyError:
            raise NameError(f'unknown {self._parts[0]}') from None


class Op(Node):
    TABLE = {'+': operator.add, '-': operator.sub, '*': operator.mul, '/': operator.truediv, '%': operator.mod, '^': pow}

    def value(self, names):
        op, left, right = self._parts
        return self.TABLE[op](left.value(names), right.value(names))


class Neg(Node):
    def value(self, names): return -self._parts[0].value(names)


class Call(Node):
    def value(self, names):
        name, args = self._parts
        return {'sqrt': math.sqrt, 'max': max, 'min': min, 'abs': abs}[name](*(a.value(names) for a in args))


class Parser:
    LEVELS = [('+-', 'left'), ('*/%', 'left'), ('^', 'right')]

    def __init__(self, text):
        self.__tokens = list(tokens(text))
        self.__at = 0

    def _peek(self): return self.__tokens[self.__at]

    def _next(self, want=None):
        token = self._peek()
        if want is not None and token.value != want:
            raise SyntaxError(f'expected {want!r} at {token.at}')
        self.__at += 1
        return token

    def parse(self):
        node = self._level(0)
        self._next('')
        return node

    def _level(self, n):
        if n == len(self.LEVELS):
            return self._atom()
        ops, side = self.LEVELS[n]
        node = self._level(n + 1)
        while self._peek().value and self._peek().value in ops:
            op = self._next().value
            node = Op(op, node, self._level(n if side == 'right' else n + 1))
            if side == 'right':
                break
        return node

    def _atom(self):
        token = self._next()
        match token:
            case Token('NUM', value): return Num(float(value) if '.' in value else int(value))
            case Token(kind='ID', value=name):
                if self._peek().value == '(':
                    self._next('(')
                    args = [self._level(0)]
                    while self._peek().value == ',':
                        self._next(',')
                        args.append(self._level(0))
                    self._next(')')
                    return Call(name, args)
                return Name(name)
            case Token(value='-'): return Neg(self._atom())
            case Token(value='('):
                node = self._level(0)
                self._next(')')
                return node
            case _: raise SyntaxError(f'unexpected {token.value!r} at {token.at}')


def main():
    names = {'pi': math.pi, 'e': math.e}
    while (line := input('calc> ')) != 'quit':
        try:
            target, _, text = line.rpartition('=')
            tree = Parser(text).parse()
            names[target.strip() or '_'] = result = tree.value(names)
            print(tree, '=', result)
        except (SyntaxError, NameError, ArithmeticError) as error:
            print(f'{type(error).__name__}: {error}')
    print(Num._count, 'numbers read,', sorted(set(names) - {'pi', 'e'}))
