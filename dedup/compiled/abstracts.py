"""Folded characters to the tokens of an abstract: what `dedup.text.fold` and `tokens` make of it.

Headings, and whatever stands where a publisher's words may be, are left to `dedup.text`; labels
(``METHODS:``, ``【目的】``) are taken out here, as half of all abstracts may have them.
"""

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import LAST_IDEOGRAPH, NUMERAL, POINTS, SINGLE, SPACE, WORD, Alphabet
from dedup.compiled import compiled
from dedup.compiled.hashes import chained, known, mixed
from dedup.hashing import LETTERS, POWER, POWERS, Hashes, token_hashes
from dedup.words import Words

UNSURE = -1
TRUNCATED = 1 << 40
"""Added to the count of tokens of a text that was cut."""

_LONGEST_LABEL = 24
"""Tokens of a run of labels, and more."""
_COPYRIGHT = token_hashes("copyright")[0]
_COPYRIGHT_LINE = 230
"""Characters of a copyright line that is cut here; `boilerplate` knows longer ones (240)."""
_TAIL, _NEAR_END = 560, 100
"""Characters from the end within which `boilerplate` cuts keywords and copyright lines (480), and
`text` looks for the mark of a cut (80), and more."""

_STOP, _SEMICOLON, _ENDED = 1, 2, 3
"""Behind a full stop; behind a semicolon, that ends a sentence before an ideograph alone; where a
sentence has ended: see `boilerplate`."""

_VALID, _MIXED = 1, 2
"""Of a run of words since a sentence ended: all that stands between them is spaces, or is what
may join two labels."""


@compiled
def abstract_tokens(
    points: Hashes,
    size: int,
    letters: Alphabet,
    sets: Words,
    out: Hashes,
    at: int,
) -> int:
    """Hashes of the tokens of ``points[:size]`` into `out` from place `at` on.

    Returns how many they are, with `TRUNCATED` added for a text that was cut, or `UNSURE`.
    """
    count = at
    length = 0  # of the word that is being read
    value = power = np.uint32(0)
    begin = 0
    plain_letters = other_letters = False
    position = 0  # in the text with its spaces collapsed
    spaced = True
    # The words since a sentence ended, which may be a label; and those since a bracket opened.
    run, run_chain, run_first, run_position = _VALID, np.uint64(0), at, 0
    inner, inner_chain, inner_first, inner_position = 0, np.uint64(0), at, 0
    last_token, last_single = np.uint32(0), False
    broken = False  # whether a line ended in what may be the beginning of a label
    first_point = np.int64(-1)
    cue = -1  # where a text may close, or a publisher's sentence has its words
    before = sentence = 0  # where the last two began
    # A copyright line: where it begins, and what was known there.
    mark, mark_count, mark_cue, mark_sentence, line = -1, at, -1, 0, False
    last_mark = -1
    starts = False  # the word that is being read begins a sentence
    stop = 0  # see _STOP, _SEMICOLON, _ENDED
    hyphen, gap = False, 0
    dots, ellipsis, clean = 0, -1, True

    while size and points[size - 1] < POINTS and letters.classes[points[size - 1]] == SPACE:
        size -= 1
    for place in range(size + 1):
        point = points[place] if place < size else np.uint32(0x20)
        if point < POINTS:
            kind = letters.classes[point]
        else:
            kind = SINGLE if point <= LAST_IDEOGRAPH else 0
        if kind == WORD or kind == NUMERAL:
            if length == 0:
                begin = place
                value, power = np.uint32(0), np.uint32(1)
                plain_letters = other_letters = False
                if first_point < 0:
                    first_point = place
                starts = stop == _ENDED
                if starts:
                    before, sentence = sentence, position
                if hyphen and gap > 1:
                    return UNSURE
                stop, hyphen, dots, clean, spaced = 0, False, 0, False, False
            power = POWERS[length] if length < POWERS.size else np.uint32(power * POWER)
            letter = LETTERS[point] if point < LETTERS.size else mixed(point + np.uint32(1))
            value = np.uint32(value + np.uint32(letter * power))
            length += 1
            position += 1
            if point < 0x80:
                plain_letters = True
            else:
                other_letters = True
            continue
        if length:
            token = mixed(value ^ np.uint32(length))
            out[count] = token
            count += 1
            if run:
                run_chain = chained(run_chain, token)
                if not _may_be_labels(run == _VALID, count - run_first, token, sets):
                    run = 0
            if inner:
                inner_chain = chained(inner_chain, token)
                if not _may_be_labels(True, count - inner_first, token, sets):
                    inner = 0
            if plain_letters and other_letters:
                cue = position
            if known(token, sets.tail_ends) and (
                known(token, sets.tail) or known(chained(chained(0, last_token), token), sets.tail)
            ):
                if token == _COPYRIGHT and point != 0x5F and kind != SINGLE:
                    if mark < 0 or position - mark > _TAIL:
                        cue = max(cue, last_mark)
                        mark, mark_count, mark_cue, line = position, count - 1, cue, False
                        mark_sentence = before if starts else sentence
                    last_mark = position
                else:
                    cue = position
            if length == 1 and point == 0x29 and points[begin] == 0x63:  # c)
                if begin > 0 and points[begin - 1] == 0x28:
                    cue = position
            last_token, last_single = token, False
            length = 0
        if kind == SPACE:
            if not spaced:
                position += 1
                spaced = True
            if hyphen:
                gap += 2 if point == 0x0A else 1
            stop = _ENDED if stop == _STOP or stop == _ENDED or point == 0x0A else 0
            if run == _VALID and last_single and count > run_first and place < size:
                if known(run_chain, sets.labels):
                    count, position = run_first, run_position + 1
                    sentence = before if sentence >= position else sentence
                run = _MIXED
            if inner and count > inner_first and (last_single or point == 0x0A):
                inner = _MIXED
            if point == 0x0A:
                line = True
                broken = broken or (run != 0 and count > run_first)
                run, run_chain, run_first, run_position = _VALID, np.uint64(0), count, position
            continue
        if kind == SINGLE:
            token = mixed(mixed(np.uint32(point + np.uint32(1))) * POWER ^ np.uint32(1))
            out[count] = token
            count += 1
            if run:
                run_chain = chained(run_chain, token)
                if not _may_be_labels(run == _VALID, count - run_first, token, sets):
                    run = 0
            if inner:
                inner_chain = chained(inner_chain, token)
                if not _may_be_labels(True, count - inner_first, token, sets):
                    inner = 0
            if (
                last_single
                and known(token, sets.tail_ends)
                and known(chained(chained(0, last_token), token), sets.tail)
            ):
                cue = position
            last_token, last_single = token, True
            if first_point < 0:
                first_point = place
            if stop == _ENDED or (stop and 0x4E00 <= point <= 0x9FFF):
                before, sentence = sentence, position
            if hyphen and gap > 1:
                return UNSURE
            stop, hyphen, dots, clean, spaced = 0, False, 0, False, False
            position += 1
            continue
        # Punctuation.
        position += 1
        spaced = False
        if point == 0x2E:  # .
            dots += 1
            if dots >= 3:
                ellipsis, clean = position, True
        else:
            dots, clean = 0, False
        hyphen = (
            point == 0x2D
            and place > 0
            and (points[place - 1] == 0x5F or _is_letter(points[place - 1], letters.classes))
        )
        gap = 0
        if point == 0xA9 or point == 0x2117:  # copyright of a text, of a recording
            if first_point < 0:
                return UNSURE
            if mark < 0 or position - mark > _TAIL:
                cue = max(cue, last_mark)
                mark, mark_count, mark_cue, line = position, count, cue, False
                mark_sentence = sentence
            last_mark = position
            if stop == _ENDED:
                before, sentence, stop = sentence, position, 0
        elif first_point < 0 and point == 0x28 and place + 1 < size and points[place + 1] == 0x63:
            return UNSURE
        # Where sentences end.
        if point == 0x2E:
            stop = _STOP
        elif point == 0x3B:
            stop = _SEMICOLON
        elif point == 0x21 or point == 0x3F or point == 0x3002:
            stop = _ENDED
        elif stop and (point == 0x22 or point == 0x27 or point == 0x29 or point == 0x5D):
            stop = _ENDED if stop != _SEMICOLON else 0
        elif stop != _ENDED:
            stop = 0
        # Labels.
        if point == 0x3A or point == 0x2014 or point == 0x2013:  # : and dashes
            if broken and known(last_token, sets.label_ends):
                return UNSURE
            if run and count > run_first and known(last_token, sets.label_ends):
                if not (last_single and point != 0x3A):
                    if run == _MIXED or not known(run_chain, sets.labels):
                        return UNSURE
                    count, position = run_first, run_position + 1
                    sentence = before if sentence >= position else sentence
            run = 0
            if inner:
                inner = _MIXED
        elif _opens(point):
            inner, inner_chain, inner_first, inner_position = _VALID, np.uint64(0), count, position
            run = 0
        elif _closes(point):
            if inner and count > inner_first and known(last_token, sets.label_ends):
                if inner == _MIXED or not known(inner_chain, sets.labels):
                    return UNSURE
                count, position = inner_first, inner_position + 1
                sentence = before if sentence >= position else sentence
            inner = 0
            run = 0
        elif _ends_a_sentence(point):
            broken = False
            run, run_chain, run_first, run_position = _VALID, np.uint64(0), count, position
            if inner:
                inner = _MIXED
        elif point == 0x2C or point == 0x2F or point == 0x26 or point == 0x3001:  # , / & 、
            if run == _VALID:
                run = _MIXED if count > run_first else 0
            if inner:
                inner = _MIXED
        else:
            run = 0
            if inner:
                inner = _MIXED
    if first_point >= 0 and _may_be_a_heading(points, first_point, size):
        return UNSURE
    if mark >= 0 and position - mark <= _COPYRIGHT_LINE and not line and mark_count > at:
        count, cue = mark_count, mark_cue
        nearest = min(mark - _TAIL, mark_sentence)
    else:
        cue = max(cue, last_mark)
        nearest = min(position - _TAIL, sentence)
    if cue >= 0 and cue >= nearest:
        return UNSURE
    if ellipsis >= 0 and ellipsis >= position - _NEAR_END:
        return count - at + TRUNCATED if clean and dots == 3 else UNSURE
    return count - at


@compiled
def _may_be_labels(unbroken: bool, size: int, token: int, sets: Words) -> bool:
    """Whether a run of so many tokens, the last of which is given, may go on as labels."""
    if unbroken and size == 1:
        return known(token, sets.label_starts)
    return size <= _LONGEST_LABEL


@compiled
def _is_letter(point: int, classes: NDArray[np.uint8]) -> bool:
    if point < 0x80:
        return 0x61 <= point <= 0x7A
    return point >= POINTS or classes[point] == WORD or classes[point] == SINGLE


@compiled
def _opens(point: int) -> bool:
    return point == 0x5B or point == 0x3010 or point == 0x3014 or point == 0x3016  # [【〔〖


@compiled
def _closes(point: int) -> bool:
    return point == 0x5D or point == 0x3011 or point == 0x3015 or point == 0x3017  # ]】〕〗


@compiled
def _ends_a_sentence(point: int) -> bool:
    """Behind which a label may stand: ``. ! ? ; 。 )``."""
    return (
        point == 0x2E
        or point == 0x21
        or point == 0x3F
        or point == 0x3B
        or point == 0x3002
        or point == 0x29
    )


_HEADINGS = np.array(
    [
        [*map(ord, heading)]
        for heading in ("abstr", "summa", "synop", "resum", "zusam", "riass", "аннот", "copyr")
    ],
    np.uint32,
)
_TWO = np.array(
    [
        [*map(ord, two)]
        for two in ("摘要", "提要", "文摘", "抄録", "抄录", "要旨", "요약", "초록", "中文", "内容")
    ],
    np.uint32,
)
"""How headings begin, spaces apart: see `boilerplate`."""


@compiled
def _may_be_a_heading(points: Hashes, first: int, size: int) -> bool:
    """Whether a text whose first token begins at a place may begin with a heading."""
    head = np.zeros(5, np.uint32)
    count = 0
    place = first
    while place < size and count < 5:
        if points[place] != 0x20 and points[place] != 0x0A and points[place] != 0x09:
            head[count] = points[place]
            count += 1
        place += 1
    for row in range(_HEADINGS.shape[0]):
        same = True
        for column in range(5):
            same = same and head[column] == _HEADINGS[row, column]
        if same:
            return True
    for row in range(_TWO.shape[0]):
        if head[0] == _TWO[row, 0] and head[1] == _TWO[row, 1]:
            return True
    return False
