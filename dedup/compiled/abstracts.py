"""Folded characters to the tokens of an abstract: what `dedup.text.fold` and `tokens` make of it.

Labels (``METHODS:``, ``【目的】``) and a copyright line at the end are taken out here. Headings,
and whatever else may be a publisher's words where that would count, are left to `dedup.text`.
"""

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import NUMERAL, SINGLE, SPACE, WORD, Alphabet
from dedup.compiled import compiled
from dedup.compiled.hashes import chained, known
from dedup.compiled.wording import (
    CLOSING,
    CUE,
    MORE,
    closes,
    closes_bracket,
    is_space,
    kind_of,
    may_be_a_heading,
    role_of,
)
from dedup.hashing import Hashes, token_hashes
from dedup.words import (
    ENDS_LABEL,
    JOINS_LABELS,
    JOINTS,
    STARTS_LABEL,
    TAIL_ALONE,
    TAIL_PAIR,
    Set,
    Words,
)

UNSURE = -1
TRUNCATED = 1 << 40
"""Added to the count of tokens of a text that was cut."""

_LONGEST_LABEL = 24
"""Tokens of a run of labels, and more."""
_COPYRIGHT = token_hashes("copyright")[0]
_JOINTS = token_hashes(f"and {JOINTS}")
_LONGEST_MARK = 5
"""Words of the mark of a cut, and more."""
_COPYRIGHT_LINE = 230
"""Characters of a copyright line that is cut here; `boilerplate` knows longer ones (240)."""
_TAIL = 560
"""Characters from the end within which `boilerplate` cuts keywords and copyright lines (480), and
more."""

_STOP, _SEMICOLON, _ENDED, _EATEN = 1, 2, 3, 4
"""Behind a full stop; behind a semicolon, that ends a sentence before an ideograph alone; where a
sentence has ended, see `boilerplate`; behind a label, which goes with the line's end behind it."""

_VALID, _MIXED = 1, 2
"""Of a run of words since a sentence ended: it is labels, as far as it goes; or `boilerplate` has
to say whether it is."""
_LABELS = 4
"""In a run of them, at most."""


@compiled
def abstract_tokens(
    points: Hashes,
    letters: Alphabet,
    sets: Words,
    hashes: Hashes,
    edges: Hashes,
) -> int:
    """Of the tokens of a text, `hashes`, those that folding leaves, put first among them.

    Returns how many they are, with `TRUNCATED` added for a text that was cut, or `UNSURE`.
    `edges` say where each token begins and ends in `points`, which have no space at their end and
    no word that is broken at the end of a line.
    """
    size, classes = points.size, letters.classes
    roles, starts, ends = sets.roles, sets.label_starts, sets.label_ends
    word = 0  # the next of the tokens
    count = 0  # of those that stay
    position = 0  # in the text with its spaces and labels gone: as near its end, or nearer
    spaced = True
    # The words since a sentence ended, which may be labels: how many those are that a comma or
    # the like ends, and what follows them. And the words since a bracket opened.
    run, run_first, run_position = _VALID, 0, 0
    labels, labels_single, chain, chain_first, joints = 0, False, np.uint64(0), 0, 0
    inner, inner_chain, inner_first, inner_position = 0, np.uint64(0), 0, 0
    removed = False  # whether a label has just been taken out
    broken = False  # whether a line ended in what may be the beginning of a label
    last, second = np.uint32(0), np.uint32(0)  # the last two tokens
    last_single = False
    first_point = np.int64(-1)
    # Tokens that begin the last sentence and the one before, a token that ends a publisher's cue,
    # and where keywords or a copyright line may begin: the last of each.
    sentence, before, cue, closing = 0, 0, -1, -1
    # A copyright line: where it begins, and what was known there.
    mark, mark_count, mark_sentence, mark_cue, mark_closing, line = -1, 0, 0, -1, -1, False
    stop = 0  # see _STOP
    full_stops, ellipsis = 0, -1  # side by side; the token that three of them follow
    place = 0
    while place < size:
        begin = place
        point = points[place]
        kind = WORD
        place += 1
        if word < hashes.size and begin == edges[2 * word]:
            token = hashes[word]
            place = np.int64(edges[2 * word + 1])
            word += 1
            if point >= 0x80:
                kind = kind_of(point, classes)
        else:
            kind = kind_of(point, classes)
        if removed:
            sentence = before if sentence >= count else sentence
            last = hashes[count - 1] if count else np.uint32(0)
            second = hashes[count - 2] if count > 1 else np.uint32(0)
            stop, line, removed = _EATEN, True, False
            if role_of(last, roles) & TAIL_ALONE or role_of(2 * second + last, roles) & TAIL_PAIR:
                closing = position  # something else follows it now
        if kind == SPACE:
            position += 0 if spaced else 1
            spaced = True
            if stop == _STOP or (point == 0x0A and stop != _EATEN):
                stop = _ENDED
            elif stop == _SEMICOLON:
                stop = 0
            if run == _VALID and last_single and count > run_first:
                run = _MIXED
                if labels == 0 and joints == 0 and known(chain, sets.labels):
                    count, position, removed = run_first, run_position, True
            if inner and count > inner_first and (last_single or point == 0x0A):
                inner = _MIXED
            if point == 0x0A:
                line = True
                broken = broken or run == _MIXED or (run != 0 and count > run_first)
                run, run_first, run_position = _VALID, count, position
                labels, chain_first = 0, count
            continue
        if kind == WORD or kind == NUMERAL or kind == SINGLE:
            if first_point < 0:
                first_point = begin
            if stop == _ENDED or (
                (stop == _STOP or stop == _SEMICOLON) and 0x4E00 <= point <= 0x9FFF
            ):
                before, sentence = sentence, count
            stop, full_stops, spaced = 0, 0, False
            position += place - begin
            role = role_of(token, roles)
            hashes[count] = token
            count += 1
            if run:
                chain = chained(chain if count - 1 > chain_first else np.uint64(0), token)
                joints = joints if count - 1 > chain_first else 0
                joints += role & JOINS_LABELS != 0 and _joins(token)
                if not _may_be_labels(run == _VALID, count - run_first, token, role, starts):
                    run = 0
            if inner:
                inner_chain = chained(inner_chain, token)
                if not _may_be_labels(True, count - inner_first, token, role, starts):
                    inner = 0
            if kind != SINGLE and not _is_of_one_script(points, begin, place):
                cue, closing = count - 1, position  # to a pattern it may be two words
            if role & TAIL_ALONE or role_of(2 * last + token, roles) & TAIL_PAIR:
                found = closes(token, last, second, sets.cues, sets.closings)
                if token == _COPYRIGHT:
                    joined = _is_joined(points, place, size, classes)
                    if not joined and (mark < 0 or position - mark > _TAIL):
                        mark, mark_count, mark_cue, mark_closing = position, count - 1, cue, closing
                        mark_sentence = sentence if sentence < mark_count else before
                        line = False
                    closing = position  # joined too: what stands for itself may be no letter
                if found == CUE:
                    cue = count - 1
                elif found == CLOSING and (
                    kind == SINGLE or _ends_keywords(points, place, size, classes)
                ):
                    closing = position
                elif _is_in_brackets(points, begin, place, size, classes):
                    closing = position
            last, second, last_single = token, last, kind == SINGLE
            continue
        # Punctuation.
        position += 1
        spaced = False
        full_stops = full_stops + 1 if point == 0x2E else 0
        ellipsis = count if full_stops == 3 else ellipsis
        if point == 0xA9 or point == 0x2117:  # copyright of a text, of a recording
            if first_point < 0:
                return UNSURE
            if mark < 0 or position - mark > _TAIL:
                mark, mark_count, mark_cue, mark_closing = position, count, cue, closing
                mark_sentence, line = sentence, False
            cue, closing = count, position
        elif first_point < 0 and point == 0x28 and place < size and points[place] == 0x63:  # (c
            return UNSURE
        # Where sentences end.
        if point == 0x2E:
            stop = _STOP
        elif point == 0x3B:
            stop = _SEMICOLON
        elif point == 0x21 or point == 0x3F or point == 0x3002:  # ! ? 。
            stop = _ENDED
        elif stop == _STOP and (point == 0x22 or point == 0x27 or point == 0x29 or point == 0x5D):
            stop = _ENDED
        elif stop != _ENDED:
            stop = 0
        # Labels.
        if point == 0x3A or point == 0x2014 or point == 0x2013:  # : and dashes
            if role_of(last, roles) & ENDS_LABEL and known(last, ends):
                if broken:
                    return UNSURE
                if run and count > chain_first and (point == 0x3A or not last_single):
                    found = _labels(
                        run, labels, labels_single, chain, joints, last_single, sets.labels
                    )
                    if found == UNSURE or found > _LABELS:
                        return UNSURE
                    if found:
                        count, position, removed = run_first, run_position, True
            run = 0
            inner = _MIXED if inner else 0
        elif _opens(point):
            inner, inner_chain, inner_first, inner_position = _VALID, np.uint64(0), count, position
            run = 0
        elif closes_bracket(point):
            if inner and count > inner_first and known(last, ends):
                if inner == _MIXED or not known(inner_chain, sets.labels):
                    return UNSURE
                count, position, removed = inner_first, inner_position, True
            inner = run = 0
        elif _ends_a_sentence(point):
            broken = False
            run, run_first, run_position = _VALID, count, position
            labels, chain_first = 0, count
            inner = _MIXED if inner else 0
        else:
            inner = _MIXED if inner else 0
            if not _separates(point):
                run = 0
            elif run == _VALID:
                run = 0
                if count > chain_first and point != (0x2C if last_single else 0x3001):
                    labels = _labels(
                        _VALID, labels, labels_single, chain, joints, last_single, sets.labels
                    )
                    run = _MIXED if labels == UNSURE else _VALID if labels else 0
                    labels_single, chain_first = last_single, count
    if first_point >= 0 and may_be_a_heading(points, first_point):
        return UNSURE
    cut = _is_cut(points, size, classes)
    if ellipsis >= 0 and count - ellipsis <= _LONGEST_MARK:
        for more in MORE:
            if last == more:
                return UNSURE
    if mark >= 0 and position - mark <= _COPYRIGHT_LINE and mark_count:
        if not line and not removed:
            count, sentence, position = mark_count, mark_sentence, mark
            cue, closing = mark_cue, mark_closing
    if closing >= 0 and closing >= position - _TAIL:
        return UNSURE
    if cue >= (sentence if sentence < count else 0):
        return UNSURE
    return count + (TRUNCATED if cut else 0)


@compiled
def _labels(
    run: int,
    labels: int,
    single: bool,
    chain: int,
    joints: int,
    last_single: bool,
    known_labels: Set,
) -> int:
    """How many labels a run is, or a few more, of which all but the words of a chain are known to
    be `labels`, in one script: 0 if it is something else, or `UNSURE`."""
    if run == _MIXED or (labels and single != last_single):
        return UNSURE
    if known(chain, known_labels):
        return labels + (2 if joints else 1)
    return UNSURE if joints > 1 else 0


@compiled
def _is_of_one_script(points: Hashes, begin: int, end: int) -> bool:
    """Whether of a word either all characters are ASCII or none is."""
    beyond = 0
    for place in range(begin, end):
        beyond += points[place] >= 0x80
    return beyond == 0 or beyond == end - begin


@compiled
def _joins(token: int) -> bool:
    for joint in _JOINTS:
        if token == joint:
            return True
    return False


@compiled
def _may_be_labels(unbroken: bool, size: int, token: int, role: int, starts: Set) -> bool:
    """Whether a run of so many tokens, the last of which is given, may go on as labels."""
    if unbroken and size == 1:
        return role & STARTS_LABEL != 0 and known(token, starts)
    return size <= _LONGEST_LABEL


@compiled
def _is_joined(points: Hashes, end: int, size: int, classes: NDArray[np.uint8]) -> bool:
    """Whether to a pattern a word of ASCII goes on behind its end."""
    return end < size and (points[end] == 0x5F or kind_of(points[end], classes) == SINGLE)


@compiled
def _ends_keywords(points: Hashes, end: int, size: int, classes: NDArray[np.uint8]) -> bool:
    """Whether what follows a word like ``keywords`` may make a heading of it."""
    while end < size and is_space(points[end], classes):
        end += 1
    point = points[end] if end < size else np.uint32(0x20)
    dash = point == 0x2D or point == 0x2013 or point == 0x2014
    return dash or point == 0x3A or point == 0x29 or point == 0x61 or closes_bracket(point)  # : ) a


@compiled
def _is_in_brackets(
    points: Hashes, begin: int, end: int, size: int, classes: NDArray[np.uint8]
) -> bool:
    """Whether a word is the sign ``(c)``, and begins a copyright line: a year follows, or ``by``,
    or ``the``."""
    if begin == 0 or end == size or end - begin != 1 or points[begin] != 0x63:
        return False
    if points[begin - 1] != 0x28 or points[end] != 0x29:
        return False
    end += 1
    while end < size and is_space(points[end], classes):
        end += 1
    point = points[end] if end < size else np.uint32(0x20)
    return point == 0x31 or point == 0x32 or point == 0x62 or point == 0x74  # 1 2 b t


@compiled
def _is_cut(points: Hashes, size: int, classes: NDArray[np.uint8]) -> bool:
    """Whether a text ends in an ellipsis, brackets apart."""
    while size and is_space(points[size - 1], classes):
        size -= 1
    if size and (points[size - 1] == 0x5D or points[size - 1] == 0x29):  # ] )
        size -= 1
    while size and is_space(points[size - 1], classes):
        size -= 1
    if size and (points[size - 1] == 0x5B or points[size - 1] == 0x28):  # [ (
        size -= 1
    for _ in range(3):
        while size and is_space(points[size - 1], classes):
            size -= 1
        if size == 0 or points[size - 1] != 0x2E:
            return False
        size -= 1
    return True


@compiled
def _opens(point: int) -> bool:
    return point == 0x5B or point == 0x3010 or point == 0x3014 or point == 0x3016  # [【〔〖


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


@compiled
def _separates(point: int) -> bool:
    """What may stand between labels: ``, / &`` between English, ``/ & 、`` between Chinese."""
    return point == 0x2C or point == 0x2F or point == 0x26 or point == 0x3001
