"""A batch of texts at a time: abstracts and titles to tokens, tokens to keys."""

import numpy as np
from numpy.typing import NDArray

from dedup.alphabet import LONGEST, Alphabet
from dedup.compiled import compiled, compiled_with_memory
from dedup.compiled.abstracts import TRUNCATED, abstract_tokens
from dedup.compiled.alike import Bytes, alike, alike_ascii
from dedup.compiled.broken import join_broken
from dedup.compiled.encoding import encode
from dedup.compiled.hashes import PRIME
from dedup.compiled.signing import (
    AT_ONCE,
    Keys,
    band,
    chain_of,
    distinct,
    fill_up,
    shingles_of,
    sign,
)
from dedup.compiled.titles import UNSURE, plain_title_tokens, title_tokens
from dedup.compiled.wording import ascii_tokens, before_spaces, has_more_than_words, script_tokens
from dedup.hashing import Hashes
from dedup.words import Words

Places = NDArray[np.int64]

_TABLE = 4096
"""Places for the shingles of a text, unless it is a long one; two words each, a cache holds."""


@compiled
def hash_texts(data: Bytes, offsets: Places, hashes: NDArray[np.uint64]) -> None:
    """A hash of each text ``data[offsets[i]:offsets[i + 1]]``: different ones, different texts."""
    for row in range(hashes.size):
        value = np.uint64(offsets[row + 1] - offsets[row])
        for at in range(offsets[row], offsets[row + 1]):
            value = (value ^ np.uint64(data[at])) * PRIME
            value ^= value >> np.uint64(29)
        hashes[row] = value


@compiled_with_memory
def read_abstracts(
    data: Bytes,
    offsets: Places,
    letters: Alphabet,
    sets: Words,
    tokens: Hashes,
    ends: Places,
    truncated: NDArray[np.bool_],
) -> int:
    """Tokens of the texts ``data[offsets[i]:offsets[i + 1]]`` into `tokens`, one text's behind the
    other's, and where each text's end into `ends`: `UNSURE` for a text that is left to
    `dedup.text`. Returns how many tokens there are.

    `tokens` has room for two a byte and eight a text; see `abstract_tokens` for the rest.
    """
    longest = np.int64(0)
    for row in range(offsets.size - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    points = np.empty(4 * longest + 40, np.uint32)
    small = np.empty(longest, np.uint8)
    room = 2 * min(2 * longest + 8, LONGEST) + 2
    edges, sums = np.empty(room, np.uint32), np.empty(room, np.uint32)
    at = np.int64(0)
    for row in range(offsets.size - 1):
        found = _read_abstract(
            data,
            offsets[row],
            offsets[row + 1],
            letters,
            sets,
            tokens,
            at,
            points,
            small,
            edges,
            sums,
        )
        ends[row] = UNSURE
        if found >= 0:
            truncated[row] = found >= TRUNCATED
            at += found & (TRUNCATED - 1)
            ends[row] = at
    return at


@compiled
def _read_abstract(
    data: Bytes,
    start: int,
    end: int,
    letters: Alphabet,
    sets: Words,
    tokens: Hashes,
    at: int,
    points: Hashes,
    small: Bytes,
    edges: Hashes,
    sums: Hashes,
) -> int:
    """See `abstract_tokens`; the last four are room to work in."""
    if alike_ascii(data, start, end, small):
        size = _trimmed(small[: end - start], letters)
        if size < 0 or size > LONGEST:
            return UNSURE
        found = ascii_tokens(small[:size], letters, tokens, at, edges, sums)
        hashes = tokens[at : at + found]
        if not has_more_than_words(small[:size], letters, sets, hashes, edges, sums):
            return found
        for place in range(size):
            points[place] = small[place]
        return abstract_tokens(points[:size], letters, sets, hashes, edges, sums)
    size = alike(data, start, end, letters, points)
    if size < 0 or size > 2 * (end - start) + 8:
        return UNSURE  # of the text alone, so that no other text decides which way it takes
    size = _trimmed(points[:size], letters)
    if size < 0 or size > LONGEST:
        return UNSURE
    found, odd = script_tokens(points[:size], letters, tokens, at, edges, sums)
    hashes = tokens[at : at + found]
    if odd or has_more_than_words(points[:size], letters, sets, hashes, edges, sums):
        return abstract_tokens(points[:size], letters, sets, hashes, edges, sums)
    return found


@compiled
def _trimmed(points: Hashes, letters: Alphabet) -> int:
    """How long a text is without white space at its end, words joined that were broken at the end
    of a line; or `UNSURE`."""
    return before_spaces(points, join_broken(points, letters.classes), letters.classes)


@compiled_with_memory
def read_titles(
    data: Bytes,
    offsets: Places,
    longest: int,
    letters: Alphabet,
    sets: Words,
    counts: Places,
    summaries: NDArray[np.uint64],
    kept: Hashes,
    kept_ends: NDArray[np.uint16],
    letter_ends: Places,
    kept_letters: Bytes,
) -> None:
    """How many tokens each title has into `counts`, and what else is known of it into the rows of
    `summaries`: see `title_tokens`. The hashes and ends of all tokens into `kept` and `kept_ends`,
    which have room for two a byte (㌖ is six tokens) and one a title; their characters in UTF-8
    into `kept_letters`, with room for sixteen a byte and 160 a title, and where each title's end
    into `letter_ends`. `UNSURE`: it is left to `dedup.titles`, as is any title of more than
    `longest` bytes."""
    points, small = np.empty(4 * longest + 40, np.uint32), np.empty(longest, np.uint8)
    hashes, ends = np.empty(300, np.uint32), np.empty(300, np.uint32)
    edges, sums = np.empty(longest + 2, np.uint32), np.empty(longest + 2, np.uint32)
    at = letter = np.int64(0)
    for row in range(offsets.size - 1):
        counts[row], letter_ends[row] = UNSURE, letter
        length = offsets[row + 1] - offsets[row]
        if length > longest:
            continue
        if alike_ascii(data, offsets[row], offsets[row + 1], small):
            counts[row] = plain_title_tokens(
                small[:length],
                letters,
                sets,
                kept[at:],
                kept_ends[at:],
                kept_letters[letter:],
                edges,
                sums,
                summaries[row],
            )
            if counts[row] >= 0:
                at += counts[row]
                letter += np.int64(kept_ends[at - 1]) if counts[row] else 0
                letter_ends[row] = letter
                continue
        size = alike(data, offsets[row], offsets[row + 1], letters, points)
        if size < 0:
            continue
        counts[row] = title_tokens(points, size, letters, sets, hashes, ends, summaries[row])
        for token in range(counts[row]):
            kept[at], kept_ends[at] = hashes[token], ends[token]
            at += 1
        if counts[row] > 0:
            letter = encode(points[: ends[counts[row] - 1]], kept_letters, letter)
        letter_ends[row] = letter


@compiled_with_memory
def sign_all(
    tokens: Hashes,
    starts: Places,
    ends: Places,
    length: int,
    bands: int,
    rows: int,
    shortest: int,
    opening: int,
    opening_end: int,
    factors: Hashes,
    summands: Hashes,
    keys: Keys,
    openings: Keys,
    sizes: NDArray[np.int32],
    chains: NDArray[np.uint64],
    sketches: NDArray[np.uint64],
) -> None:
    """Of each text, ``tokens[starts[i]:ends[i]]``: its band keys into ``keys[i]`` (left as they are
    where it has fewer than `shortest` shingles), a hash of the tokens from `opening` to
    `opening_end` into `openings` (0: it has fewer), how many different shingles it has into
    `sizes`, a hash of all its tokens into `chains`, and a bit a shingle into ``sketches[i]``.
    """
    longest = 1
    for row in range(starts.size):
        longest = max(longest, ends[row] - starts[row])
    width = _TABLE
    while width < 2 * longest:
        width *= 2
    places, stamps = np.empty(width, np.uint32), np.zeros(width, np.uint32)
    room = np.empty(longest + AT_ONCE, np.uint32)
    least = np.empty(factors.size, np.uint32)
    for row in range(starts.size):
        first, end = starts[row], ends[row]
        chains[row] = chain_of(tokens[first:end])
        if end - first >= opening_end:
            key = chain_of(tokens[first + opening : first + opening_end])
            openings[row] = np.int64(key >> np.uint64(1)) | 1
        shingles = room[: shingles_of(tokens, first, end, length, room)]
        table = _TABLE
        while table < 2 * shingles.size:
            table *= 2
        sizes[row] = distinct(shingles, places[:table], stamps, np.uint32(row + 1), sketches[row])
        if sizes[row] >= shortest:
            sign(room[: fill_up(room, shingles.size)], factors, summands, least)
            band(least, bands, rows, keys[row], 0)
