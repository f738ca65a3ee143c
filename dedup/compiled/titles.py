"""Folded characters to a title's tokens, and what of `dedup.titles` can be told from them."""

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import LAST_IDEOGRAPH, NUMERAL, POINTS, SINGLE, SPACE, WORD, Alphabet
from dedup.compiled import compiled
from dedup.compiled.alike import Bytes
from dedup.compiled.broken import may_be_broken
from dedup.compiled.hashes import chained, known, mixed
from dedup.compiled.signing import chain_of
from dedup.compiled.wording import ascii_tokens, role_of
from dedup.hashing import LETTERS, POWER, POWERS, Hashes
from dedup.titling import TITLE_LATIN, TITLE_NOTICE, TITLE_PART, TITLE_SILENT
from dedup.words import OF_TITLE, RECURS, Set, Words

UNSURE = -1
LONGEST = 250
"""Tokens of a title that these kernels read."""


@compiled
def title_tokens(
    points: Hashes,
    size: int,
    letters: Alphabet,
    sets: Words,
    out: Hashes,
    ends: Hashes,
    summary: NDArray[np.uint64],
) -> int:
    """Hashes of the tokens of a title into `out`, and where each ends in `points` into `ends`.

    `points` is written anew: the characters of the tokens side by side, Roman numerals as digits.
    Into `summary`: a hash of the tokens, one of their characters, flags, letters that are ASCII
    and those that are not. Returns how many tokens there are, or `UNSURE`.
    """
    count = length = kept = ascii_letters = other_letters = 0
    roman = digits = plain = True
    latin = False
    flags = np.uint64(0)
    value, power, before = np.uint32(0), np.uint32(1), np.uint32(0)
    begin = 0
    hyphen, gap = False, 0
    chain = np.uint64(0)
    only_digits = True
    last_mark = 0
    opened = annex = bracketed = False
    roles, classes = sets.roles, letters.classes
    for place in range(size + 1):
        point = points[place] if place < size else np.uint32(0x20)
        if point < POINTS:
            kind = classes[point]
        else:
            kind = SINGLE if point <= LAST_IDEOGRAPH else 0
        if kind == WORD or kind == NUMERAL:
            if length == 0:
                begin = kept
                value, power = np.uint32(0), np.uint32(1)
                roman = digits = plain = True
                latin = False
                if hyphen and gap > 1:
                    return UNSURE
                hyphen = False
            power = POWERS[length] if length < POWERS.size else np.uint32(power * POWER)
            letter = LETTERS[point] if point < LETTERS.size else mixed(point + np.uint32(1))
            value = np.uint32(value + np.uint32(letter * power))
            length += 1
            points[kept] = point
            kept += 1
            plain = plain and point < 0x80
            latin = latin or point < 0x80
            roman = roman and (point == 0x69 or point == 0x76 or point == 0x78)  # i v x
            if 0x30 <= point <= 0x39 or kind == NUMERAL:
                flags |= np.uint64(TITLE_PART)
                if kind == NUMERAL:
                    return UNSURE
            else:
                digits = False
            last_mark = 0
            continue
        if length:
            token = mixed(value ^ np.uint32(length))
            if roman:
                flags |= np.uint64(TITLE_PART)
                if length > 1:
                    for row in range(sets.numerals.shape[0]):
                        if sets.numerals[row, 0] == token:
                            token = sets.numerals[row, 1]
                            kept = _digits(points, begin, sets.numerals[row, 2])
                            digits = True
                            break
            if count == LONGEST or (latin and not plain):
                return UNSURE  # a word may begin where a mark of another script ends
            if plain:
                ascii_letters += kept - begin
            else:
                other_letters += kept - begin
            only_digits = only_digits and digits
            out[count], ends[count] = token, kept
            count += 1
            chain = chained(chain, token)
            if role_of(token, roles) & OF_TITLE:
                flags |= _flags_of(before, token, sets.notices, sets.parts)
                if opened and known(token, sets.sessions):
                    return UNSURE
                annex = annex or (opened and known(token, sets.annexes))
            opened = False
            before = token
            length = 0
        if kind == SINGLE:
            token = mixed(mixed(np.uint32(point + np.uint32(1))) * POWER ^ np.uint32(1))
            if count == LONGEST or (hyphen and gap > 1):
                return UNSURE
            hyphen, last_mark, only_digits = False, 0, False
            points[kept] = point
            kept += 1
            other_letters += 1
            out[count], ends[count] = token, kept
            count += 1
            chain = chained(chain, token)
            if role_of(token, roles) & OF_TITLE:
                flags |= _flags_of(before, token, sets.notices, sets.parts)
                annex = annex or (opened and known(token, sets.annexes))
            opened = False
            before = token
            continue
        if kind == SPACE:
            gap += 2 if hyphen and point == 0x0A else 1
            continue
        if point == 0x28 or point == 0x5B or point == 0x3010:  # ( [ 【
            opened = bracketed = True
        if point != 0x2E and point != 0x2A and point != 0x2020 and point != 0x2021:
            last_mark = point
        hyphen, gap = point == 0x2D, 0
    if last_mark == 0x29 or last_mark == 0x5D or last_mark == 0x3011:  # ) ] 】
        if annex or (count and known(out[count - 1], sets.annexes)):
            return UNSURE
    if bracketed and other_letters:
        flags |= np.uint64(TITLE_PART)
    if _may_recur(out[:count], sets):
        return UNSURE
    compact = np.uint64(0)
    for place in range(kept):
        compact = chained(compact, points[place])
    if kept == 0 or only_digits or known(compact, sets.generic):
        flags |= np.uint64(TITLE_SILENT)
    if 2 * ascii_letters >= kept:
        flags |= np.uint64(TITLE_LATIN)
    summary[0], summary[1], summary[2] = chain, compact, flags
    summary[3], summary[4] = np.uint64(ascii_letters), np.uint64(other_letters)
    return count


@compiled
def plain_title_tokens(
    text: Bytes,
    letters: Alphabet,
    sets: Words,
    out: Hashes,
    ends: NDArray[np.uint16],
    kept: Bytes,
    edges: Hashes,
    sums: Hashes,
    summary: NDArray[np.uint64],
) -> int:
    """As `title_tokens`, of small letters and marks of ASCII: most titles hold no bracket, no word
    that may be broken, and no Roman numeral that is to be written anew. `UNSURE`: one that does.

    The characters of the tokens go into `kept`; `edges` and `sums` are room to work in.
    """
    digits, brackets = _digits_and_brackets(text)
    if brackets or may_be_broken(text):
        return UNSURE
    count = ascii_tokens(text, letters, out, 0, edges, sums)
    if count > LONGEST:
        return UNSURE
    size = _letters_alone(text, kept)
    flags = np.uint64(TITLE_LATIN | (TITLE_PART if digits else 0))
    length, before = 0, np.uint32(0)
    for place in range(count):
        token, begin, end = out[place], edges[2 * place], edges[2 * place + 1]
        length += end - begin
        ends[place] = length
        if text[begin] == 0x69 or text[begin] == 0x76 or text[begin] == 0x78:  # i v x
            if _is_roman(text[begin:end]):
                if end - begin > 1:
                    return UNSURE
                flags |= np.uint64(TITLE_PART)
        if role_of(token, sets.roles) & OF_TITLE:
            flags |= _flags_of(before, token, sets.notices, sets.parts)
        before = token
    if _may_recur(out[:count], sets):
        return UNSURE
    compact = chain_of(kept[:size])
    if digits == size or known(compact, sets.generic):
        flags |= np.uint64(TITLE_SILENT)
    summary[0], summary[1], summary[2] = chain_of(out[:count]), compact, flags
    summary[3], summary[4] = np.uint64(size), np.uint64(0)
    return count


@compiled
def _digits_and_brackets(text: Bytes) -> tuple[int, bool]:
    """How many digits there are, and whether there is a bracket. Without a branch in its loop, so
    that many characters are looked at together."""
    digits, found = 0, np.uint8(0)
    for place in range(text.size):
        letter = text[place]
        digits += np.uint8(letter - np.uint8(0x30)) < np.uint8(10)
        bracket = (letter == 0x28) | (letter == 0x29) | (letter == 0x5B) | (letter == 0x5D)
        found = np.uint8(found | np.uint8(1 if bracket else 0))
    return digits, found != 0


@compiled
def _letters_alone(text: Bytes, out: Bytes) -> int:
    """Letters and digits side by side; how many there are."""
    size = np.uint64(0)
    for place in range(text.size):
        letter = text[place]
        out[size] = letter
        is_digit = np.uint8(letter - np.uint8(0x30)) < np.uint8(10)
        size += np.uint64(is_digit | (np.uint8(letter - np.uint8(0x61)) < np.uint8(26)))
    return np.int64(size)


@compiled
def _is_roman(word: Bytes) -> bool:
    for letter in word:
        if letter != 0x69 and letter != 0x76 and letter != 0x78:
            return False
    return True


@compiled
def _may_recur(tokens: Hashes, sets: Words) -> bool:
    """See `dedup.recurring.may_recur`."""
    count = tokens.size
    if count and role_of(tokens[0], sets.roles) & RECURS:
        first = chained(chained(0, tokens[0]), tokens[1]) if count > 1 else np.uint64(0)
        if known(tokens[0], sets.recurring) or known(first, sets.recurring):
            return True
    if count < 2 or not role_of(tokens[count - 1], sets.roles) & RECURS:
        return False
    last = chained(chained(0, tokens[count - 2]), tokens[count - 1])
    return known(last, sets.recurring_ends)


@compiled
def _flags_of(before: int, token: int, notices: Set, parts: Set) -> int:
    flags = np.uint64(0)
    pair = chained(chained(0, before), token)
    if known(token, notices) or known(pair, notices):
        flags |= np.uint64(TITLE_NOTICE)
    if known(token, parts):
        flags |= np.uint64(TITLE_PART)
    return flags


@compiled
def _digits(points: Hashes, at: int, number: int) -> int:
    """Write a number of at most two digits; returns the place after it."""
    if number > 9:
        points[at] = 0x30 + number // 10
        at += 1
    points[at] = 0x30 + number % 10
    return at + 1
