#!/usr/bin/env python
"""Roman numerals there and back, tested by themselves."""
# answers: 1994|MCMXCIV|IIII|0|3999|abc|end
__version__ = "$Revision: 7 $"
__author__ = "I. Caesar"
__maintainer__ = "II. Caesar"
import re


class RomanError(Exception): pass
class OutOfRange(RomanError): pass
class NotRoman(RomanError): pass


class Roman(int):
    _TABLE = tuple(zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
                       "M CM D CD C XC L XL X IX V IV I".split()))
    _PATTERN = re.compile("^M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})$")

    def __new__(cls, value):
        if isinstance(value, str):
            value = cls._parse(value.upper())
        if not 0 < value < 4000:
            raise OutOfRange("number out of range (must be 1..3999)")
        return super().__new__(cls, value)

    @classmethod
    def _parse(cls, text):
        if not text or not cls._PATTERN.search(text):
            raise NotRoman(f"invalid Roman numeral: {text}")
        total = i = 0
        for number, numeral in cls._TABLE:
            while text[i:i + len(numeral)] == numeral:
                total += number
                i += len(numeral)
        return total

    def __str__(self):
        n, out = int(self), []
        for number, numeral in self._TABLE:
            count, n = divmod(n, number)
            out.append(numeral * count)
        return "".join(out)

    def __add__(self, other): return Roman(int(self) + int(other))
    def __format__(self, spec): return format(str(self), spec)


def main():
    assert all(Roman(str(Roman(n))) == n for n in range(1, 4000))
    print(__version__.split()[1], __author__, Roman(4) + Roman("VI"), f"{Roman(12):>8}|", repr(Roman(3)))
    while True:
        text = input("number: ")
        if text == "end": break
        try:
            value = Roman(int(text)) if text.isdecimal() else Roman(text)
            print(f"{int(value)} = {value}")
        except OutOfRange as e:
            print("range:", e)
        except RomanError as e:
            print(f"{e.__class__.__qualname__}: {e}", isinstance(e, Exception))
