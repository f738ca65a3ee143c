"""What stands in an abstract's place but is no part of it: headings, keywords, publishers' words.

Tables, versioned with `Scheme.folding`. They are applied to text that `plain` has made alike.
"""

import re
from collections.abc import Iterator

_ENGLISH_LABEL = (
    r"(?:aims?|aims? and (?:objectives?|scope)|backgrounds?|case (?:presentation|report|summary)"
    r"|clinical (?:relevance|significance)|conclusions?|concluding remarks|context"
    r"|data (?:collection|extraction|sources?|synthesis)|design|discussions?|evidence acquisition"
    r"|evidence synthesis|experimental design|findings|hypothesis|implications|importance"
    r"|interpretation|interventions?|introduction|limitations|main outcome measures?"
    r"|main results|materials?|measurements?|methodology|methods?|motivation|objectives?"
    r"|observations|outcomes?|participants|patients|problem|purposes?|purpose of (?:the )?review"
    r"|rationale|recent findings|recommendations|relevance|results?|review methods|scope"
    r"|search strategy|selection criteria|setting|settings|significance|study design|subjects"
    r"|summary of background data|trial registration)"
)
_CHINESE_LABEL = (
    r"(?:研究)?(?:目的|目标|背景|方法|过程|结果|结论|讨论|意义|价值|创新点?|局限性?|设计|启示|建议"
    r"|材料|资料|对象|观点|发现|应用|展望|理论意义|实践意义|前提|论证)"
)
_CHINESE_LABELS = rf"{_CHINESE_LABEL}(?:\s*[/、与和及&]\s*{_CHINESE_LABEL}){{0,3}}"
_ENGLISH_LABELS = rf"{_ENGLISH_LABEL}(?:\s*(?:/|,|and|&)\s*{_ENGLISH_LABEL}){{0,3}}"

_HEADING = re.compile(
    r"\A[\s\[【〔(<《*#]*(?:abstract|a\s?b\s?s\s?t\s?r\s?a\s?c\s?t|summary(?=\s*[:.\-—–\n\]】])"
    r"|synopsis(?=\s*[:.\-—–])|resumen|resumo|resume(?=\s*[:.\-—–])|zusammenfassung"
    r"|riassunto|аннотация|요약|초록|抄録|要旨|(?:中文|内容)?\s*(?:摘\s*要|提\s*要)|文\s*摘)"
    r"[\s\]】〕)>》*:.\-—–|]*"
)
_LABEL = re.compile(
    rf"[【\[〔〖]\s*(?:{_CHINESE_LABELS}|{_ENGLISH_LABELS})\s*[】\]〕〗]\s*:?"
    rf"|(?:(?<=\A)|(?<=[.!?;。;!?)\n])|(?<=[.!?;。;)]\s))\s*"
    rf"(?:{_ENGLISH_LABELS}\s*[:—–]|{_CHINESE_LABELS}\s*[:：]|{_CHINESE_LABEL}\s)"
)
_LABEL_THERE = re.compile(
    rf"[【\[〔〖]|[.!?;。;!?)\n]\s*"
    rf"(?:{_ENGLISH_LABELS}\s*[:—–]|{_CHINESE_LABELS}\s*[:：]|{_CHINESE_LABEL}\s)"
)
"""Found wherever `_LABEL` is but first; a pattern that begins with one of few characters is fast
to search for, one that begins with a look behind is not."""
_LABEL_HINT = re.compile(r"[:—–【\[〔〖]|[目方结背过材资对]")

_KEYWORDS = re.compile(
    r"[\s【\[〔(;.。]*(?:"
    r"[【\[〔(]\s*(?:key\s?words?|关\s*键\s*[词字]|主\s*题\s*词|index terms)\s*[】\]〕)]\s*:?"
    r"|(?:key\s?words?(?: and phrases)?|index terms|mesh terms?|subject (?:terms|headings))"
    r"\s*[:—–-]"
    r"|(?:关\s*键\s*[词字]|主\s*题\s*词)\s*:?"
    r")[^\n]{0,400}\Z"
)
_KEYWORD_HINT = re.compile(r"key\s?word|index term|mesh term|subject |关\s*键|主\s*题")
_KEYWORD_HINTS = ("key", "index", "mesh", "subject", "关", "主")
_COPYRIGHT_HINTS = ("copyright", "(c)", "©", "℗", "版权所有", "著作权")
_COPYRIGHT = re.compile(
    r"[\s(\[]*(?:copyright\b|\(c\)\s*(?=(?:the\b|by\b|19|20)\d*)|©|℗|版权所有|著作权)[^\n]{0,240}\Z"
)
_COPYRIGHT_FIRST = re.compile(
    r"\A\s*(?:copyright\s*(?:©|\(c\))?|©|\(c\))\s*(?:19|20)\d\d[^.。]{0,80}[.。]\s*"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\s\"')\]]+|(?<=[。!?])|\n+|(?<=[.;])(?=[\u4e00-\u9fff])")
_CUE = re.compile(
    r"all rights? reserved|copyright|©|published (?:online )?by|published by elsevier"
    r"|open[- ]access article|creative commons|licen[cs]e agreement|cc(?<=\bcc)[- ]by\b"
    r"|permits unrestricted|reproduction in any medium|provided the original|properly cited"
    r"|full[- ]text|this document|subscri(?:be|ption|ber)|purchase|log ?in\b|sign in\b"
    r"|society website|authori[sz]ed (?:to|users)|preview purposes|final published version"
    r"|supplementary (?:material|information|data)|online version of this|available online at"
    r"|for personal use|without (?:prior |written )?permission|psycinfo database record"
    r"|apa(?<=\bapa), all\b|doi\s*:?\s*10\.|https?://(?:dx\.)?doi\.org"
    r"|wiley(?<=\bwiley)(?: periodicals|-liss)\b|john wiley|elsevier(?<=\belsevier)\b"
    r"|springer(?<=\bspringer)(?:-verlag| nature)\b|karger(?<=\bkarger)\b|taylor & francis"
    r"|blackwell publishing|lippincott williams|this article is protected"
    r"|版权|转载|摘编|侵权|未经.{0,6}许可|公众号|中国知网|扫描二维码|请登录|下载阅读|全文请|阅读全文"
    r"|收稿日期|基金项目|责任编辑|通信作者|通讯作者|作者简介|引用格式|文献标[识志]码|中图分类号"
)
"""Each begins with a letter, and looks back for the beginning of a word: see `_LABEL_THERE`."""


def without_boilerplate(text: str) -> str:
    """An abstract without headings, labels, keywords, copyright lines and publishers' sentences.

    >>> without_boilerplate("objective: to see. methods: we look. key words: sight; light")
    '  to see.  we look'
    """
    text = _COPYRIGHT_FIRST.sub("", _HEADING.sub("", text))
    if _LABEL_HINT.search(text) and (_LABEL.match(text) or _LABEL_THERE.search(text)):
        text = _LABEL.sub(" ", text)
    return _without_tail(text)


def _without_tail(text: str) -> str:
    """Text without the keywords, copyright line and sentences of a publisher that end it."""
    for _ in range(3):
        before = len(text)
        if any(hint in text for hint in _KEYWORD_HINTS) and _KEYWORD_HINT.search(text):
            text = _cut(text, _KEYWORDS)
        if any(hint in text for hint in _COPYRIGHT_HINTS):
            text = _cut(text, _COPYRIGHT)
        text = _without_last_sentences(text)
        if len(text) == before:
            break
    return text


def _cut(text: str, pattern: re.Pattern[str]) -> str:
    """Text up to the first match of a pattern that ends it, unless nothing would be left."""
    start = max(0, len(text) - 480)
    found = pattern.search(text, start)
    return text[: found.start()] if found and found.start() > 0 else text


def _without_last_sentences(text: str) -> str:
    """Text without its last sentences while they carry a publisher's cue."""
    end = len(text)
    for begin in _sentences_backwards(text):
        if begin >= end or not text[begin:end].strip():
            continue
        if begin == 0 or _CUE.search(text, begin, end) is None:
            break
        end = begin
    return text[:end]


def _sentences_backwards(text: str) -> Iterator[int]:
    """Where sentences begin, the last first, as far as 2000 characters from the end, and 0."""
    start = max(0, len(text) - 2000)
    near = max(start, len(text) - 300)
    while near > start and not text[near - 1 : near + 1].isalnum():
        near -= 1  # between two letters no sentence ends, so none is cut in two
    ends = [found.end() for found in _SENTENCE_END.finditer(text, near)]
    yield from reversed(ends)
    if near > start:
        ends = [found.end() for found in _SENTENCE_END.finditer(text, start, near)]
        yield from reversed(ends)
    yield 0
