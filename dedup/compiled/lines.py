"""JSON Lines of plain values to the texts of their fields, without an object a line."""

import numpy as np
from numpy.typing import NDArray

from dedup.compiled import compiled, compiled_with_memory
from dedup.compiled.alike import Bytes
from dedup.compiled.quoted import UNSURE, quoted

Ends = NDArray[np.int32]
Room = NDArray[np.uint8]

MAY_BE_TEXT, MAY_BE_NUMBER, MAY_BE_YEAR, MAY_BE_LIST = 1, 2, 4, 8
"""What a field may hold beside null: a text; a whole number of up to 18 digits; one of up to nine,
or a text of four digits; a list of texts."""

_QUOTE, _BACKSLASH, _COLON, _COMMA, _MINUS, _POINT = 34, 92, 58, 44, 45, 46
_ZERO, _NINE, _BEGIN, _END, _BEGIN_LIST, _END_LIST = 48, 57, 123, 125, 91, 93
_TAB, _BREAK, _RETURN, _SPACE = 9, 10, 13, 32
_A, _E, _F, _N, _T, _Z = 97, 101, 102, 110, 116, 122
_NULL, _TRUE, _FALS = 0x6E756C6C, 0x74727565, 0x66616C73
LONGEST_NAME = 12
"""Letters of a name that a number holds."""
_DEEPEST = 60
_LONGEST_NUMBER = 30


@compiled_with_memory
def plain_lines(
    data: Bytes,
    names: NDArray[np.uint64],
    allowed: Room,
    texts: Room,
    ends: Ends,
    present: Room,
    items: Ends,
    met: NDArray[np.int64],
) -> int:
    """How many lines there are, each an object of plain values; `UNSURE` where one is not.

    `data` ends with a line break, at which whatever is looked for ends. Of field `f`, whose name as
    a number is ``names[f]`` and which may hold what ``allowed[f]`` says, the text on line `i`,
    unescaped, is ``texts[f][ends[i, f]:ends[i + 1, f]]`` where ``present[i, f]`` (a number: as it
    is written); ``met[f]`` is the last line, from 1, that has the field, if only as null. Of the
    one field that may be a list `items` holds the ends in `texts`, of one item after the other, and
    `ends` how many items there are by then. `texts` is as many times as long as `data` as there are
    fields, and once more, for what nobody reads; `present`, `items` and `ends` have rows for a
    third as many lines, and one more.
    """
    fields, width = allowed.size, data.size
    filled, listed = np.arange(fields + 1) * width, np.zeros(fields, np.int64)
    ends[0], items[0], met[:] = 0, 0, 0
    at = row = 0
    while at < width:
        for field in range(fields):
            present[row, field] = 0
        at = _line(data, at, names, allowed, texts, filled, items, listed, present, met, row)
        if at < 0:
            return UNSURE
        row += 1
        for field in range(fields):
            listing = allowed[field] & MAY_BE_LIST
            ends[row, field] = listed[field] if listing else filled[field] - field * width
    return row


@compiled
def _line(
    data: Bytes,
    at: int,
    names: NDArray[np.uint64],
    allowed: Room,
    texts: Room,
    filled: NDArray[np.int64],
    items: Ends,
    listed: NDArray[np.int64],
    present: Room,
    met: NDArray[np.int64],
    row: int,
) -> int:
    """The place behind a line. `filled`: how far the texts of each field are; `listed`: how many
    items it has; the rest as `plain_lines` has it."""
    fields, width = allowed.size, data.size
    at = _spaces(data, at)
    more = data[at] == _BEGIN
    if not more:
        return UNSURE
    while more:
        at, name = _named(data, _spaces(data, at + 1))
        if at < 0:
            return UNSURE
        field = 0
        while field < fields and names[field] != name:
            field += 1
        if field == fields:
            at = _passed(data, at, texts, filled[field])
        elif met[field] > row:
            return UNSURE  # of two the last would count
        else:
            met[field] = row + 1
            present[row, field] = data[at] != _N
            first = field * width if allowed[field] & MAY_BE_LIST else UNSURE
            at, filled[field], listed[field] = _field(
                data, at, allowed[field], texts, filled[field], first, items, listed[field]
            )
        if at < 0:
            return UNSURE
        at = _spaces(data, at)
        more = data[at] == _COMMA
    if data[at] != _END:
        return UNSURE
    at = _spaces(data, at + 1)
    return at + 1 if data[at] == _BREAK else UNSURE


@compiled
def _field(
    data: Bytes, at: int, allowed: int, out: Room, to: int, first: int, items: Ends, listed: int
) -> tuple[int, int, int]:
    """What a field holds, into ``out[to:]``: where it ends in both, and how many items are listed
    by then, whose texts begin at ``out[first]``."""
    if data[at] == _N:
        return _word(data, at), to, listed
    if data[at] == _BEGIN_LIST and first >= 0:
        return _list(data, at, out, to, first, items, listed)
    at, end = _value(data, at, allowed, out, to)
    if first >= 0:
        if end == to:
            return UNSURE, to, listed  # whether an empty text is nobody is not for here to say
        listed += 1
        items[listed] = end - first
    return at, end, listed


@compiled
def _spaces(data: Bytes, at: int) -> int:
    """Where white space within a line ends."""
    while data[at] == _SPACE or data[at] == _TAB or data[at] == _RETURN:
        at += 1
    return at


@compiled
def _named(data: Bytes, at: int) -> tuple[int, int]:
    """Where the value behind a name begins, which is of ASCII without escapes, and the name as a
    number, five bits a letter; 0: it is too long, or not of small letters alone."""
    name = np.uint64(0)
    if data[at] != _QUOTE:
        return UNSURE, name
    at += 1
    begin = at
    small = True
    while data[at] != _QUOTE:
        letter = data[at]
        if letter < _SPACE or letter > 127 or letter == _BACKSLASH:
            return UNSURE, name
        small &= _A <= letter <= _Z
        name = name << np.uint64(5) | np.uint64(letter & 31)
        at += 1
    if not small or at - begin > LONGEST_NAME:
        name = np.uint64(0)
    at = _spaces(data, at + 1)
    return (_spaces(data, at + 1) if data[at] == _COLON else UNSURE), name


@compiled
def _value(data: Bytes, at: int, allowed: int, out: Room, to: int) -> tuple[int, int]:
    """A text or a number that a field may hold, into ``out[to:]``: where it ends in both."""
    if data[at] == _QUOTE:
        first = to
        at, to = quoted(data, at + 1, out, to)
        if allowed & MAY_BE_TEXT:
            return at, to
        if not allowed & MAY_BE_YEAR or to - first != 4:
            return UNSURE, to
        for place in range(first, to):
            if out[place] < _ZERO or out[place] > _NINE:
                return UNSURE, to
        return at, to
    end = _digits(data, at)
    longest = 18 if allowed & MAY_BE_NUMBER else 9 if allowed & MAY_BE_YEAR else 0
    if end < 0 or end - at > longest or data[end] == _POINT or data[end] | 32 == _E:
        return UNSURE, to
    for place in range(at, end):
        out[to] = data[place]
        to += 1
    return end, to


@compiled
def _digits(data: Bytes, at: int) -> int:
    """Where a whole number without a sign ends."""
    begin = at
    while _ZERO <= data[at] <= _NINE:
        at += 1
    if at == begin or (data[begin] == _ZERO and at > begin + 1):
        return UNSURE
    return at


@compiled
def _list(
    data: Bytes, at: int, out: Room, to: int, first: int, items: Ends, listed: int
) -> tuple[int, int, int]:
    """A list of texts: where it ends, in `out` too, and how many items there are by then."""
    at = _spaces(data, at + 1)
    if data[at] == _END_LIST:
        return at + 1, to, listed
    while data[at] == _QUOTE:
        at, to = quoted(data, at + 1, out, to)
        if at < 0:
            break
        listed += 1
        items[listed] = to - first
        at = _spaces(data, at)
        if data[at] == _END_LIST:
            return at + 1, to, listed
        if data[at] != _COMMA:
            break
        at = _spaces(data, at + 1)
    return UNSURE, to, listed


@compiled
def _passed(data: Bytes, at: int, waste: Room, to: int) -> int:
    """The place behind a value that nobody reads, objects and lists in it too."""
    depth, objects = 0, np.uint64(0)  # a bit a level: it is an object
    while True:
        each = data[at]
        opened = each == _BEGIN or each == _BEGIN_LIST
        if opened:
            depth += 1
            objects = (objects << np.uint64(1)) | np.uint64(each == _BEGIN)
            at = _spaces(data, at + 1)
            if depth > _DEEPEST:
                return UNSURE
        elif each == _QUOTE:
            at, _ = quoted(data, at + 1, waste, to)
        elif each == _N or each == _T or each == _F:
            at = _word(data, at)
        else:
            at = _number(data, at)
        if at < 0:
            return UNSURE
        empty = opened and (data[at] == _END or data[at] == _END_LIST)
        while not opened or empty:  # a value ends here, and with it what it is the last of
            if depth == 0:
                return at
            at = _spaces(data, at)
            if data[at] == _COMMA and not empty:
                at = _spaces(data, at + 1)
                break
            if data[at] != (_END if objects & np.uint64(1) else _END_LIST):
                return UNSURE
            depth -= 1
            objects >>= np.uint64(1)
            at += 1
            opened = empty = False
        if objects & np.uint64(1):
            at, _ = _named(data, at)
            if at < 0:
                return UNSURE


@compiled
def _word(data: Bytes, at: int) -> int:
    """The place behind null, true or false."""
    said = (
        (data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3]
        if data[at + 1] > _SPACE and data[at + 2] > _SPACE
        else 0
    )
    if said == _NULL or said == _TRUE:
        return at + 4
    if said == _FALS and data[at + 4] == _E:
        return at + 5
    return UNSURE


@compiled
def _number(data: Bytes, at: int) -> int:
    """The place behind a number of moderate size."""
    begin = at
    if data[at] == _MINUS:
        at += 1
    at = _digits(data, at)
    if at >= 0 and data[at] == _POINT:
        at += 1
        first = at
        while _ZERO <= data[at] <= _NINE:
            at += 1
        if at == first:
            return UNSURE
    if at < 0 or at - begin > _LONGEST_NUMBER or data[at] | 32 == _E:
        return UNSURE
    return at
