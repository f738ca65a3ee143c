"""Folded characters to tokens where nothing else is to be done: most abstracts are words alone.

`ascii_tokens` and `script_tokens` give what `token_hashes` gives of all the characters, and where
each token stands; `has_more_than_words` says whether folding may take any of them away.
"""

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import LAST_IDEOGRAPH, POINTS, SEPARATOR, SINGLE, SPACE, Alphabet
from dedup.compiled import compiled
from dedup.compiled.alike import Bytes
from dedup.compiled.hashes import chained, known, mixed
from dedup.hashing import LETTERS, Hashes, token_hashes
from dedup.words import ENDS_LABEL, ROLES, TAIL_ALONE, TAIL_PAIR, Words

_LETTERS = np.array([LETTERS[at] if chr(at).isalnum() else 0 for at in range(0x80)], np.uint32)
"""Hashes of letters and digits of ASCII; 0: of anything else."""
_C = token_hashes("c")[0]
_MORE = token_hashes("more 多 开 文 细")
"""Last words of the mark of a cut: see `text.fold_abstract`."""

NO_CUE, CUE, CLOSING = 0, 1, 2


@compiled
def ascii_tokens(
    text: Bytes, letters: Alphabet, out: Hashes, at: int, edges: Hashes, sums: Hashes
) -> int:
    """Hashes of the tokens of an ASCII text into `out` from place `at` on, where each begins and
    ends into `edges`; `sums` is as large as `edges`. Returns how many they are.

    A word's hash is a sum over its letters times powers by their places in the word. Summed over
    the text instead, a word's is the difference of two sums, times a power's inverse: so no letter
    has to wait for where its word began, and no branch depends on where it ends.
    """
    total = np.uint32(0)
    count = np.uint64(0)
    before = False
    for place in range(text.size):
        letter = _LETTERS[text[place]]
        here = letter != 0
        edges[count], sums[count] = place, total
        count += np.uint64(here != before)
        total += np.uint32(letter * letters.powers[place])
        before = here
    edges[count], sums[count] = text.size, total
    tokens = np.int64(count + np.uint64(before)) // 2
    _hash_between(edges[: 2 * tokens], sums, letters.inverses, out[at:])
    return tokens


@compiled
def script_tokens(
    points: Hashes, letters: Alphabet, out: Hashes, at: int, edges: Hashes, sums: Hashes
) -> tuple[int, bool]:
    """The same of characters of any script, and whether among them are a sign of copyright, or a
    word of letters of ASCII and others, which patterns may see as two."""
    total = np.uint32(0)
    begun = ended = np.uint64(0)
    before, odd = np.uint8(0), False
    for place in range(points.size):
        point = points[place]
        if point < 0x80:
            letter = _LETTERS[point]
            here = np.uint8(letter != 0)  # 1: of a word, 2: a token alone
        else:
            kind = kind_of(point, letters.classes)
            if kind == SEPARATOR or kind == SPACE:
                letter, here = np.uint32(0), np.uint8(0)
                odd = odd or point == 0xA9 or point == 0x2117
            else:
                letter = mixed(point + np.uint32(1))
                here = np.uint8(2 if kind == SINGLE else 1)
                odd = odd or (here == 1 and _is_by_ascii(points, place))
        joined = before & here & np.uint8(1)
        edges[ended + ended + np.uint64(1)] = place
        sums[ended + ended + np.uint64(1)] = total
        ended += np.uint64((before != 0) & (joined == 0))
        edges[begun + begun], sums[begun + begun] = place, total
        begun += np.uint64((here != 0) & (joined == 0))
        total += np.uint32(letter * letters.powers[place])
        before = here
    edges[ended + ended + np.uint64(1)] = points.size
    sums[ended + ended + np.uint64(1)] = total
    tokens = np.int64(begun)
    _hash_between(edges[: 2 * tokens], sums, letters.inverses, out[at:])
    return tokens, odd


@compiled
def _is_by_ascii(points: Hashes, place: int) -> bool:
    before = points[place - 1] if place else np.uint32(0)
    after = points[place + 1] if place + 1 < points.size else np.uint32(0)
    return (before < 0x80 and _LETTERS[before] != 0) or (after < 0x80 and _LETTERS[after] != 0)


@compiled
def _hash_between(edges: Hashes, sums: Hashes, inverses: Hashes, out: Hashes) -> None:
    for token in range(edges.size // 2):
        begin, end = edges[2 * token], edges[2 * token + 1]
        value = np.uint32(sums[2 * token + 1] - sums[2 * token])
        out[token] = mixed(np.uint32(value * inverses[begin]) ^ np.uint32(end - begin))


@compiled
def kind_of(point: int, classes: NDArray[np.uint8]) -> int:
    """Class of a folded character: see `dedup.alphabet`."""
    if point < POINTS:
        return classes[point]
    return SINGLE if point <= LAST_IDEOGRAPH else 0


@compiled
def has_more_than_words(
    points: Hashes,
    letters: Alphabet,
    sets: Words,
    hashes: Hashes,
    edges: Hashes,
    room: Hashes,
) -> bool:
    """Whether a text may hold a heading, a label, words of a publisher or of a list of keywords,
    or the mark of a cut. `hashes` are those of its tokens, `edges` are theirs.

    `points` are characters of any width, no space behind them; `room` to work in is for as many
    words as there are tokens, and one more.
    """
    if hashes.size == 0 or may_open(points, edges[0], letters.classes):
        return True
    ends = _has_ends_of_labels(points)
    for place in range(_with_a_role(hashes, sets.roles, ends, room)):
        if _is_more_than_a_word(points, letters, sets, hashes, edges, np.int64(room[place])):
            return True
    if says_more(hashes[hashes.size - 1]):
        return True
    dots = 0
    for place in range(edges[2 * hashes.size - 1], points.size):
        dots += points[place] == 0x2E
    return dots > 2


@compiled
def _has_ends_of_labels(points: Hashes) -> bool:
    """Whether a text holds what may end a label: a colon, a bracket, or anything beyond ASCII.
    Without a branch in its loop, so that many characters are looked at together."""
    found = np.uint8(0)
    for place in range(points.size):
        point = points[place]
        ends = (point == 0x3A) | (point == 0x5D) | (point >= 0x80)
        found = np.uint8(found | np.uint8(1 if ends else 0))
    return found != 0


@compiled
def _with_a_role(hashes: Hashes, roles: NDArray[np.uint8], ends: bool, out: Hashes) -> int:
    """The places of tokens that may be, or end, a cue or a closing, or else, if `ends`, a label,
    into `out`, and how many they are. Without a branch in its loop, as none could be foreseen."""
    alone, paired = np.uint8(TAIL_ALONE | (ENDS_LABEL if ends else 0)), np.uint8(TAIL_PAIR)
    count = np.uint64(0)
    last = np.uint32(0)
    for place in range(hashes.size):
        token = hashes[place]
        pair = np.uint32(np.uint32(last + last) + token)
        role = (role_of(token, roles) & alone) | (role_of(pair, roles) & paired)
        out[count] = place
        count += np.uint64(role != 0)
        last = token
    return np.int64(count)


@compiled
def _is_more_than_a_word(
    points: Hashes, letters: Alphabet, sets: Words, hashes: Hashes, edges: Hashes, word: int
) -> bool:
    """Whether a token that may be, or end, a cue, a closing or a label does."""
    token = hashes[word]
    if may_close(hashes, sets.roles, word):
        begin = edges[2 * word]
        if token == _C and begin and points[begin - 1] == 0x28:
            return True
        if closes(hashes, sets, word) != NO_CUE:
            return True
    if role_of(token, sets.roles) & ENDS_LABEL:
        return _may_end_a_label(points, edges[2 * word + 1], letters.classes)
    return False


@compiled
def role_of(value: int, roles: NDArray[np.uint8]) -> int:
    """See `dedup.words.Words.roles`."""
    return roles[np.uint32(value) & np.uint32(ROLES - 1)]


@compiled
def may_close(hashes: Hashes, roles: NDArray[np.uint8], word: int) -> bool:
    """Whether a token may be, or end, a cue or a closing, or be a ``c``."""
    token = hashes[word]
    last = hashes[word - 1] if word else np.uint32(0)
    if role_of(token, roles) & TAIL_ALONE:
        return True
    return role_of(2 * last + token, roles) & TAIL_PAIR != 0


@compiled
def closes(hashes: Hashes, sets: Words, word: int) -> int:
    """Whether a token, with the two before it, is or ends a cue or a closing."""
    cues, closings = sets.cues, sets.closings
    token = hashes[word]
    last = hashes[word - 1] if word else np.uint32(0)
    second = hashes[word - 2] if word > 1 else np.uint32(0)
    if known(token, cues):
        return CUE
    if known(token, closings):
        return CLOSING
    two = chained(chained(0, last), token)
    three = chained(chained(chained(0, second), last), token)
    if known(two, cues) or known(three, cues):
        return CUE
    if known(two, closings) or known(three, closings):
        return CLOSING
    return NO_CUE


@compiled
def is_space(point: int, classes: NDArray[np.uint8]) -> bool:
    return point == 0x20 or (point < POINTS and classes[point] == SPACE)


@compiled
def behind_spaces(points: Hashes, place: int, classes: NDArray[np.uint8]) -> int:
    """The place behind all white space that begins at one."""
    while place < points.size and is_space(points[place], classes):
        place += 1
    return place


@compiled
def before_spaces(points: Hashes, place: int, classes: NDArray[np.uint8]) -> int:
    """Where all white space begins that ends at a place."""
    while place > 0 and is_space(points[place - 1], classes):
        place -= 1
    return place


@compiled
def says_more(token: int) -> bool:
    """Whether it may be the last word of the mark of a cut."""
    for more in _MORE:
        if more == token:
            return True
    return False


@compiled
def _may_end_a_label(points: Hashes, end: int, classes: NDArray[np.uint8]) -> bool:
    """Whether what stands behind a word may end the label that it ends."""
    place = behind_spaces(points, np.int64(end), classes)
    if place == points.size:
        return False
    if place > end and kind_of(points[end - 1], classes) == SINGLE:
        return True
    point = points[place]
    return point == 0x3A or point == 0x2014 or point == 0x2013 or closes_bracket(point)


@compiled
def closes_bracket(point: int) -> bool:
    return point == 0x5D or point == 0x3011 or point == 0x3015 or point == 0x3017  # ]】〕〗


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
def may_open(points: Hashes, first: int, classes: NDArray[np.uint8]) -> bool:
    """Whether a text whose first token begins at a place may begin with a heading or ``(c)``."""
    if first > 0 and points[first] == 0x63 and points[first - 1] == 0x28:  # (c
        return True
    for row in range(_HEADINGS.shape[0]):
        if points[first] == _HEADINGS[row, 0] and _begins(points, first, _HEADINGS[row], classes):
            return True
    if points[first] >= 0x80:
        for row in range(_TWO.shape[0]):
            if points[first] == _TWO[row, 0] and _begins(points, first, _TWO[row], classes):
                return True
    return False


@compiled
def _begins(points: Hashes, first: int, heading: Hashes, classes: NDArray[np.uint8]) -> bool:
    place = np.int64(first)
    for letter in heading:
        place = behind_spaces(points, place, classes)
        if place == points.size or points[place] != letter:
            return False
        place += 1
    return True
