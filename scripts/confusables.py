"""Prints src/kernel/confusables.ts: the characters that look like the letters, digits, `:` and `_` of our own words.

The source is Unicode's confusables.txt (UTS #39, https://www.unicode.org/Public/security/), as the ICU library carries it; it is asked
through uspoof_getSkeleton. What NFKD, case and the removal of marks already bring to ASCII is left out.

    python3 scripts/confusables.py > src/kernel/confusables.ts
"""

import ctypes
import ctypes.util
import re
import unicodedata

library = ctypes.util.find_library('icui18n')
version = re.search(r'so\.(\d+)', library).group(1)
icu = ctypes.CDLL(library)
skeleton_of = getattr(icu, f'uspoof_getSkeletonUTF8_{version}')
open_checker = getattr(icu, f'uspoof_open_{version}')
open_checker.restype = ctypes.c_void_p
status = ctypes.c_int(0)
checker = ctypes.c_void_p(open_checker(ctypes.byref(status)))

# UTS #39 keeps small capitals, and what it takes for one, apart from the letters. To a reader they are the letters.
SMALL_CAPITAL = re.compile(r'^LATIN LETTER SMALL CAPITAL ([A-Z])$')
ALSO_SMALL_CAPITALS = {'\u0138': 'k', '\u028d': 'm'}


def skeleton(text):
    out = ctypes.create_string_buffer(512)
    error = ctypes.c_int(0)
    given = text.encode()
    length = skeleton_of(checker, 0, given, len(given), out, len(out), ctypes.byref(error))
    return out.raw[:length].decode() if error.value <= 0 else text


def folded(text):
    marks = (c for c in unicodedata.normalize('NFKD', text) if not unicodedata.category(c).startswith('M'))
    return ''.join(marks).lower()


def letter(character):
    small = SMALL_CAPITAL.match(unicodedata.name(character, ''))
    return small.group(1).lower() if small else ALSO_SMALL_CAPITALS.get(character, character)


def prototype(character):
    seen = ''.join(letter(c) for c in skeleton(character))
    return folded(skeleton(seen))


looks = {}
for code in range(0x21, 0x110000):
    character = chr(code)
    if unicodedata.category(character) in ('Cn', 'Cs', 'Co', 'Cc', 'Cf', 'Mn', 'Me', 'Mc'):
        continue
    target = prototype(character)
    if target != folded(character) and re.fullmatch(r'[a-z0-9:_]+', target):
        looks.setdefault(target, []).append(f'{code:x}')

print('/**')
print(' * Characters by what they look like, as hexadecimal code points. Made by scripts/confusables.py from the data of UTS #39 in')
print(f' * ICU {version}, small capitals among them.')
print(' */')
print('export const CONFUSABLES: Readonly<Record<string, string>> = {')
for target in sorted(looks):
    print(f"  '{target}':")
    print(f"    '{' '.join(looks[target])}',")
print('};')
