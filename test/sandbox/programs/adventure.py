#!/usr/bin/python3
"""A small text adventure with rooms, things and a parser."""
# answers: look|take lamp|inventory|go north|go east|take key|light lamp|take key|west|go south|open door|unlock door with key|go in|dance|score|quit
__version__ = "1.0.2"
__author__ = "Zork Fan"
__credits__ = ["Infocom"]

import textwrap
from dataclasses import dataclass, field
from functools import wraps


@dataclass
class Thing:
    name: str
    text: str
    lit: bool = False


@dataclass
class Room:
    name: str
    text: str
    exits: dict = field(default_factory=dict)
    things: list = field(default_factory=list)
    dark: bool = False


class Over(Exception):
    pass


def command(*words):
    def decorate(method):
        @wraps(method)
        def wrapper(self, *args):
            self.moves += 1
            return method(self, *args)
        wrapper._words = words
        return wrapper
    return decorate


class Game:
    def __init__(self):
        lamp, key = Thing("lamp", "A brass lamp."), Thing("key", "A rusty key.")
        hall = Room("Hall", "You are in a long hall. There is a door to the south that has not been opened for years.", things=[lamp])
        attic = Room("Attic", "Dust everywhere.")
        cellar = Room("Cellar", "A dark cellar.", things=[key], dark=True)
        self._vault = Room("Vault", "Gold! You have won.")
        hall.exits = {"north": attic}
        attic.exits = {"south": hall, "east": cellar}
        cellar.exits = {"west": attic}
        self.room, self._hall, self.bag, self.moves, self._score = hall, hall, [], 0, 0
        self._commands = {}
        for name in dir(self):
            for word in getattr(getattr(self, name), "_words", ()):
                self._commands[word] = getattr(self, name)

    def say(self, text):
        print(textwrap.fill(text, width=50))

    @property
    def can_see(self):
        return not self.room.dark or any(t.name == "lamp" and t.lit for t in self.bag)

    def find(self, name, where):
        return next((t for t in where if t.name == name), None)

    @command("look", "l")
    def look(self, *_):
        """Shows where you are."""
        self.say(f"== {self.room.name} ==")
        if not self.can_see:
            return self.say("It is too dark to see.")
        self.say(self.room.text)
        for thing in self.room.things:
            print(f"There is a {thing.name} here.")

    @command("take", "get")
    def take(self, name="", *_):
        thing = self.find(name, self.room.things) if self.can_see else None
        if not thing:
            return self.say(f"You see no {name}.")
        self.room.things.remove(thing)
        self.bag.append(thing)
        self._score += 10
        print("Taken.")

    @command("inventory", "i")
    def inventory(self, *_):
        print("You carry:", ", ".join(sorted(t.name for t in self.bag)) or "nothing")

    @command("light")
    def light(self, name="", *_):
        match self.find(name, self.bag):
            case Thing(name="lamp") as lamp:
                lamp.lit = True
                print("It shines.")
            case Thing(name):
                print(f"You cannot light the {name}.")
            case None:
                print("You have none.")

    @command("go", "north", "south", "east", "west")
    def go(self, where="", *_):
        if where in self.room.exits:
            self.room = self.room.exits[where]
            self.look()
        else:
            print("You cannot go there.")

    @command("unlock", "open")
    def unlock(self, *words):
        if self.room is not self._hall:
            print("There is nothing to open.")
        elif "key" in words and self.find("key", self.bag):
            self.room.exits["in"] = self._vault
            self._score += 50
            print("The door opens.")
        else:
            print("It is locked.")

    @command("score")
    def score(self, *_):
        print(f"{self._score} points in {self.moves} moves")

    @command("quit", "q")
    def quit(self, *_):
        raise Over(f"Goodbye after {self.moves} moves.")

    def run(self, line):
        word, *rest = line.lower().split() or [""]
        if word in ("north", "south", "east", "west"):
            rest = [word]
        self._commands.get(word, lambda *_: print(f"I do not know how to {word}."))(*rest)


def main():
    game = Game()
    print(__doc__)
    game.look()
    try:
        while True:
            game.run(input("\n> "))
    except Over as over:
        print(over)
