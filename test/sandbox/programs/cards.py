"""Blackjack for one, with a deck that is dealt by seed."""
# answers: 50|s|20|s|500|10|h|s|5|s|0|0|0
__version__ = "4.0"
__author__ = "L. Dealer"
import asyncio
import enum
import random
import string
import uuid
from abc import ABC, abstractmethod
from datetime import date
from fractions import Fraction


class Suit(enum.Enum):
    SPADES, HEARTS, DIAMONDS, CLUBS = "♠♥♦♣"


class Card:
    __slots__ = ("rank", "suit")
    RANKS = "A 2 3 4 5 6 7 8 9 10 J Q K".split()

    def __init__(self, rank, suit): self.rank, self.suit = rank, suit
    def __str__(self): return f"{self.rank}{self.suit.value}"

    @property
    def points(self): return 11 if self.rank == "A" else 10 if self.rank in "JQK" else int(self.rank)


class Hand(list):
    @property
    def total(self):
        total, aces = sum(c.points for c in self), sum(c.rank == "A" for c in self)
        while total > 21 and aces: total, aces = total - 10, aces - 1
        return total

    is_bust = property(lambda self: self.total > 21)
    def __str__(self): return " ".join(map(str, self)) + f" ({self.total})"


class Player(ABC):
    registry: dict[str, type] = {}

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        cls.registry[cls.__name__.lower()] = cls

    @abstractmethod
    async def wants_card(self, hand): ...


class Human(Player):
    async def wants_card(self, hand): return input(f"{hand} [h/s] ").lower().startswith("h")


class House(Player):
    async def wants_card(self, hand):
        await asyncio.sleep(0.001)
        return hand.total < 17


class Table:
    def __init__(self, seed):
        self._deck = [Card(r, s) for s in Suit for r in Card.RANKS]
        random.Random(seed).shuffle(self._deck)
        self.money = Fraction(100)
        self._id = uuid.uuid5(uuid.NAMESPACE_DNS, str(seed))

    async def play(self, bet):
        hands = {name: Hand([self._deck.pop(), self._deck.pop()]) for name in Player.registry}
        print("House shows", hands["house"][0])
        for name, kind in Player.registry.items():
            player, hand = kind(), hands[name]
            while not hand.is_bust and await player.wants_card(hand): hand.append(self._deck.pop())
            print(name.title(), hand, "bust!" if hand.is_bust else "")
            if hand.is_bust: break
        you, house = hands["human"], hands["house"]
        if you.is_bust: self.money -= bet
        elif house.is_bust or you.total > house.total: self.money += bet * Fraction(3, 2) if len(you) == 2 and you.total == 21 else bet
        elif you.total < house.total: self.money -= bet


async def play():
    table = Table(date(2024, 5, 17).toordinal())
    print(string.capwords("welcome to table"), str(table._id)[:8])
    while table.money > 0 and len(table._deck) > 15:
        bet = int(input(f"You have {table.money}. Bet: "))
        if bet == 0: break
        if bet > table.money:
            print("Too much.")
            continue
        await table.play(bet)
    print("You leave with", float(table.money))


def main(): asyncio.run(play())
