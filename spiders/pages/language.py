"""The language of a record, from its own text."""

import re
from unicodedata import normalize

_FOREIGN = re.compile(r"[\u0370-\u1fff\u3041-\u30fa\u3400-\u9fff\uac00-\ud7a3]+")
_NOT_HAN = re.compile(r"[^\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}")
_SCRIPTS = (
    ("ja", "\u3041", "\u30fa"),
    ("ko", "\uac00", "\ud7a3"),
    ("ru", "\u0400", "\u04ff"),
    ("el", "\u0370", "\u03ff"),
    ("ar", "\u0600", "\u06ff"),
    ("he", "\u0590", "\u05ff"),
    ("th", "\u0e00", "\u0e7f"),
    ("hi", "\u0900", "\u097f"),
)
_FUNCTION_WORDS = {
    "en": "the of and to in for with that from by on this are is was were an as at which their "
    "under between into its has have been we or using based",
    "de": "der die das und ist von mit den des ein eine zur zum für auf im dem wird werden nicht",
    "fr": "le les des et est une dans pour par sur du au aux qui ces sont que avec leur nous",
    "es": "el los las y en del una por para con que se es un al su como este esta entre",
    "pt": "o os as e em do da dos das uma por para com que um ao no na pelo entre não",
    "it": "il gli della delle dei e di che una per con del nel alla sono un nella dal le tra",
    "nl": "de het een en van in op voor met dat te zijn is door aan bij wordt deze niet",
}
_VOCABULARY = {name: frozenset(words.split()) for name, words in _FUNCTION_WORDS.items()}
_ENGLISH_ENDING = re.compile(r"[a-z]{2,}(?:ing|ness|ity|ities|ical|ally|ology|ship|ics|ysis)")
_POINTS = str.maketrans(dict.fromkeys(',.;:()"!?', " "))
_CERTAIN = 3
"""More English words than this are in no text of another language."""
_FIRST = 120
"""Most English texts have as many within so many characters."""
_ENOUGH = 300
"""So many characters tell, as a rule, as much as the rest would."""
_MORE = 3000


def language_of(text: str) -> str | None:
    """ISO 639-1, or None where the text does not tell.

    >>> language_of("本文运用SWOT分析法"), language_of("Rheology of melts"), language_of("SWOT")
    ('zh', 'en', None)
    """
    return _language(text[:_ENOUGH]) or _language(normalize("NFKC", text[:_MORE]))


def _language(text: str) -> str | None:
    if text.isascii():
        return _by_words(text)
    foreign = "".join(_FOREIGN.findall(text))
    # A Chinese character says about as much as a Western word.
    if len(foreign) * 3 > len(text) or (foreign and len(foreign) >= _latin_words(text)):
        return _by_script(foreign)
    return _by_words(text)


def _latin_words(text: str) -> int:
    return len(_LATIN_WORD.findall(text))


def _by_script(letters: str) -> str:
    """The script of which a tenth or more is: Japanese is mostly Chinese characters."""
    if not _NOT_HAN.search(letters):
        return "zh"
    for name, first, last in _SCRIPTS:
        if sum(first <= letter <= last for letter in letters) * 10 >= len(letters):
            return name
    return "zh"


def _words(text: str) -> set[str]:
    return set(text.lower().translate(_POINTS).split())


def _by_words(text: str) -> str | None:
    first = text[:_FIRST].rpartition(" ")[0]  # whole words
    if len(_VOCABULARY["en"] & _words(first)) > _CERTAIN:
        return "en"
    words = _words(text)
    if len(_VOCABULARY["en"] & words) > _CERTAIN:
        return "en"
    known = {name: len(own & words) for name, own in _VOCABULARY.items()}
    most = max(known.values())
    best = [name for name, count in known.items() if count == most]
    if most and (len(best) == 1 or (best[0] == "en" and text.isascii())):
        return best[0]
    if not most and any(_ENGLISH_ENDING.fullmatch(word) for word in words):
        return "en"
    return None
