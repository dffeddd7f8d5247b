"""Hangman, by one who lost too often."""
# answers: e|t|a|zz|a|x|q|r|h|n|y
__version__ = '0.3'
__author__ = 'Nobody'
__all__ = ['Hangman', 'main']

import random, string, time

WORDS = 'python theory garden planet mystery'.split()
PICTURES = ['''
  +---+
      |
      |
     ===''', '''
  +---+
  O   |
      |
     ===''', '''
  +---+
  O   |
 /|\\  |
     ===''', '''
  +---+
  O   |
 /|\\  |
 / \\ ===''']


class Hangman(object):
    MAX = len(PICTURES) - 1

    def __init__(self, word):
        self.word = word
        self.guessed = set()
        self.wrong = []

    def __str__(self):
        return ' '.join(c if c in self.guessed else '_' for c in self.word)

    def __contains__(self, letter):
        return letter in self.word

    def guess(self, letter):
        if len(letter) != 1 or letter not in string.ascii_lowercase:
            return 'Please enter one letter.'
        if letter in self.guessed or letter in self.wrong:
            return 'You already guessed that letter.'
        if letter in self:
            self.guessed.add(letter)
            return 'Good.'
        self.wrong.append(letter)
        return 'Missed.'

    won = property(lambda self: set(self.word) <= self.guessed)
    lost = property(lambda self: len(self.wrong) >= self.MAX)


def main():
    random.seed(11)
    game = Hangman(random.choice(WORDS))
    print('H A N G M A N')
    while not game.won and not game.lost:
        print(PICTURES[len(game.wrong)])
        print(game, '  missed:', ''.join(game.wrong) or '-')
        time.sleep(0)
        print(game.guess(input('Guess a letter: ').lower()))
    print('You won!' if game.won else 'You lost.', 'The word was', game.word.upper())
