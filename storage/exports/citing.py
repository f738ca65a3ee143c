"""What formats of references share: one line of text, names, places."""

import re
from typing import Any

from records import iso_time
from storage.exports.rows import Row

_BREAKS = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_INITIALS = re.compile(r"(?P<family>\S.*?),? (?P<given>(?:[A-Z]\.[ -]?)+|[A-Z]{1,3})")
_RANGE = re.compile(r"(\w+)\s*[-\u2010-\u2015]+\s*(\w+)")


def one_line(text: str) -> str:
    """A text without line breaks and other control characters, which would end a field.

    >>> one_line(" a\\n b\\x85ER  - ")
    'a b ER -'
    """
    return _BREAKS.sub(" ", text).strip()


def inverted(author: str) -> str:
    """A person as reference managers sort them: a family name before initials is told from them by
    a comma; every other name stays as printed.

    >>> inverted("McAdams J. E."), inverted("Jing YJ"), inverted("朱某彪"), inverted("Ada Lovelace")
    ('McAdams, J. E.', 'Jing, YJ', '朱某彪', 'Ada Lovelace')
    >>> inverted("van der Berg A."), inverted("Lovelace, Ada")
    ('van der Berg, A.', 'Lovelace, Ada')
    """
    name = one_line(author)
    found = _INITIALS.fullmatch(name)
    return f"{found['family']}, {found['given']}" if found else name


def first_and_last(pages: str) -> tuple[str, str | None]:
    """First and last page; the last is None where only one is stated, or more than a range.

    >>> first_and_last("3832-3843"), first_and_last("e17"), first_and_last("1-3, 7")
    (('3832', '3843'), ('e17', None), ('1-3, 7', None))
    """
    found = _RANGE.fullmatch(one_line(pages))
    return (found[1], found[2]) if found else (one_line(pages), None)


def provenance(row: Row) -> dict[str, Any]:
    """What every reference says of itself, by name; absent is None."""
    of = row.provenance
    return {
        "cluster": row.cluster,
        "canonical": row.canonical,
        "source": of.source,
        "sources": "; ".join(row.sources),
        "readings": row.readings,
        "run": of.run,
        "page": of.url,
        "fetched": iso_time(of.fetched_at),
        "reader": of.reader,
        "operator": row.operator,
        "licence": row.licence,
    }
