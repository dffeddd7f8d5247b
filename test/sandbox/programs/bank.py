# -*- coding: utf-8 -*-
# answers: open Ann 100|open Bob 20.50|open Ann 1|deposit Ann 50.25|withdraw Bob 100|transfer Ann Bob 75.1|interest 1.5|show|history Ann|close Bob|close Eve|bye
"""Accounts with exact money, history and undoable errors."""

__title__ = "bank"
__version__ = "0.9.1"
__author__ = "E. Teller <e@example.test>"

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation, ROUND_HALF_EVEN
from enum import Enum, auto
import json

CENT = Decimal("0.01")
START = datetime(2024, 2, 28, 9, 30)


class BankError(Exception): pass


class NotEnough(BankError):
    def __init__(self, need, have):
        super().__init__(f"need {need}, have {have}")
        self.need, self.have = need, have


class Kind(Enum):
    DEPOSIT = auto()
    WITHDRAWAL = auto()
    INTEREST = auto()

    def __str__(self): return self.name.title()


class Account:
    _numbers = iter(range(1000, 2000))

    def __init__(self, owner, balance=Decimal(0)):
        self.owner, self.__balance = owner, Decimal(0)
        self.number = next(self._numbers)
        self._history = []
        self.deposit(balance)

    @property
    def balance(self): return self.__balance

    def _record(self, kind, amount):
        when = START + timedelta(hours=7 * len(self._history))
        self._history.append((when, kind, amount))

    def deposit(self, amount, kind=Kind.DEPOSIT):
        if amount < 0: raise BankError("amount must be positive")
        self.__balance += amount
        self._record(kind, amount)

    def withdraw(self, amount):
        if amount > self.__balance: raise NotEnough(amount, self.__balance)
        self.__balance -= amount
        self._record(Kind.WITHDRAWAL, -amount)

    def __lt__(self, other): return self.owner < other.owner
    def __repr__(self): return f"<{type(self).__name__} {self.number} {self.owner}: {self.balance:,}>"


class Bank(dict):
    def __missing__(self, owner): raise BankError(f"no account of {owner}")

    def do_open(self, owner, amount):
        if owner in self: raise BankError(f"{owner} has an account")
        self[owner] = Account(owner, Decimal(amount))
        return self[owner]

    def do_deposit(self, owner, amount): self[owner].deposit(Decimal(amount)); return self[owner]
    def do_withdraw(self, owner, amount): self[owner].withdraw(Decimal(amount)); return self[owner]

    def do_transfer(self, a, b, amount):
        self.do_withdraw(a, amount)
        return self.do_deposit(b, amount)

    def do_interest(self, rate):
        for account in self.values():
            gain = (account.balance * Decimal(rate) / 100).quantize(CENT, ROUND_HALF_EVEN)
            account.deposit(gain, Kind.INTEREST)
        return f"{rate}% paid"

    def do_show(self): return "\n".join(map(repr, sorted(self.values())))

    def do_history(self, owner):
        return "\n".join(f"{w:%d %b %H:%M} {str(k):<10} {a:>+9,.2f}" for w, k, a in self[owner]._history)

    def do_close(self, owner): return json.dumps({"paid out": str(self.pop(owner, None) and "all")})


def main():
    bank = Bank()
    while True:
        word, *args = input("bank> ").split()
        if word == "bye": break
        try:
            print(getattr(bank, "do_" + word)(*args))
        except NotEnough as e:
            print(f"Refused: {e} (short of {e.need - e.have})")
        except (BankError, InvalidOperation, AttributeError, TypeError) as e:
            print("Error:", e)
