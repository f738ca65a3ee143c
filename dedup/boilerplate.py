"""What stands in an abstract's place but is no part of it: headings, keywords, publishers' words.

Tables, versioned with `Scheme.folding`. They are applied to text that `plain` has made alike.
"""

import re
from collections.abc import Iterator

ENGLISH_LABELS = tuple(
    """
aim|aims|aim and objective|aim and objectives|aim and scope|aims and objective|aims and objectives
aims and scope|background|backgrounds|case presentation|case report|case summary
clinical relevance|clinical significance|conclusion|conclusions|concluding remarks|context
data collection|data extraction|data source|data sources|data synthesis|design|discussion
discussions|evidence acquisition|evidence synthesis|experimental design|findings|hypothesis
implications|importance|interpretation|intervention|interventions|introduction|limitations
main outcome measure|main outcome measures|main results|material|materials|measurement
measurements|method|methodology|methods|motivation|objective|objectives|observations|outcome
outcomes|participants|patients|problem|purpose|purposes|purpose of review|purpose of the review
rationale|recent findings|recommendations|relevance|result|results|review methods|scope
search strategy|selection criteria|setting|settings|significance|study design|subjects
summary of background data|trial registration
""".strip()
    .replace("\n", "|")
    .split("|")
)
CHINESE_LABELS = tuple(
    """
目的 目标 背景 方法 过程 结果 结论 讨论 意义 价值 创新 创新点 局限 局限性 设计 启示 建议 材料 资料
对象 观点 发现 应用 展望 理论意义 实践意义 前提 论证
""".split()
)
"""Each also with 研究 before it."""

_ENGLISH_LABEL = f"(?:{'|'.join(sorted(ENGLISH_LABELS, reverse=True))})"
_CHINESE_LABEL = f"(?:研究)?(?:{'|'.join(sorted(CHINESE_LABELS, reverse=True))})"
_CHINESE_LABELS = rf"{_CHINESE_LABEL}(?:\s*[/、与和及&]\s*{_CHINESE_LABEL}){{0,3}}"
_ENGLISH_LABELS = rf"{_ENGLISH_LABEL}(?:(?:\s*[/,&]\s*|\s+and\s+){_ENGLISH_LABEL}){{0,3}}"

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
_LABEL_HINT = re.compile(
    rf"[:—–【\[〔〖研{''.join(sorted({label[0] for label in CHINESE_LABELS}))}]"
)

_KEYWORDS = re.compile(
    r"[\s【\[〔(;.。]*(?:"
    r"[【\[〔(]\s*(?:key\s?words?|关\s*键\s*[词字]|主\s*题\s*词|index terms)\s*[】\]〕)]\s*:?"
    r"|(?<![0-9a-z])(?:key\s?words?(?: and phrases)?|index terms|mesh terms?"
    r"|subject (?:terms|headings))\s*[:—–-]"
    r"|(?:关\s*键\s*[词字]|主\s*题\s*词)\s*:?"
    r")[^\n]{0,400}\Z"
)
_KEYWORD_HINT = re.compile(r"key\s?word|index term|mesh term|subject |关\s*键|主\s*题")
_KEYWORD_HINTS = ("key", "index", "mesh", "subject", "关", "主")
_COPYRIGHT_HINTS = ("copyright", "(c)", "©", "℗", "版权所有", "著作权")
_COPYRIGHT = re.compile(
    r"[\s(\[]*(?:(?<![0-9a-z])copyright\b|\(c\)\s*(?=(?:the\b|by\b|19|20)\d*)|©|℗|版权所有|著作权)[^\n]{0,240}\Z"
)
_COPYRIGHT_FIRST = re.compile(
    r"\A\s*(?:copyright\s*(?:©|\(c\))?|©|\(c\))\s*(?:19|20)\d\d[^.。]{0,80}[.。]\s*"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\s\"')\]]+|(?<=[。!?])|\n+|(?<=[.;])(?=[\u4e00-\u9fff])")
_CUES = (
    ("rights+reserved right+reserved", r"all rights? reserved\b"),
    ("copyright", r"copyright\b"),
    ("©", "©"),
    ("published+by published+online", r"published (?:online )?by\b"),
    ("open+access", r"open[- ]access article"),
    ("creative+commons", r"creative commons\b"),
    ("licence+agreement license+agreement", r"licen[cs]e agreement\b"),
    ("cc+by", r"cc[- ]by\b"),
    ("permits+unrestricted", r"permits unrestricted\b"),
    ("reproduction+in+any", r"reproduction in any medium"),
    ("provided+the", r"provided the original"),
    ("properly+cited", r"properly cited\b"),
    ("full+text", r"full[- ]text\b"),
    ("this+document", r"this document\b"),
    ("subscribe subscribed subscriber subscribers subscribes", r"subscribe(?:d|rs?|s)?\b"),
    ("subscription subscriptions", r"subscriptions?\b"),
    ("purchase purchased purchases", r"purchase[ds]?\b"),
    ("log+in login", r"log ?in\b"),
    ("sign+in", r"sign in\b"),
    ("society+website", r"society website\b"),
    ("authorised+to authorized+to", r"authori[sz]ed to\b"),
    ("authorised+users authorized+users", r"authori[sz]ed users\b"),
    ("preview+purposes", r"preview purposes\b"),
    ("final+published+version", r"final published version\b"),
    ("supplementary+material", r"supplementary material\b"),
    ("supplementary+materials", r"supplementary materials\b"),
    ("supplementary+information", r"supplementary information\b"),
    ("supplementary+data", r"supplementary data\b"),
    ("online+version+of", r"online version of this"),
    ("available+online+at", r"available online at\b"),
    ("for+personal+use", r"for personal use\b"),
    ("without+prior+permission", r"without prior permission\b"),
    ("without+written+permission", r"without written permission\b"),
    ("without+permission", r"without permission\b"),
    ("psycinfo+database", r"psycinfo database record"),
    ("apa+all", r"apa, all\b"),
    ("doi+10", r"doi(?:\s*:\s*|\s+)10\."),
    ("doi+org", r"https?://(?:dx\.)?doi\.org\b"),
    ("wiley", r"wiley(?: periodicals|-liss)?\b"),
    ("elsevier", r"elsevier\b"),
    ("springer", r"springer(?:-verlag| nature)?\b"),
    ("karger", r"karger\b"),
    ("taylor+francis", r"taylor & francis\b"),
    ("blackwell+publishing", r"blackwell publishing\b"),
    ("lippincott+williams", r"lippincott williams\b"),
    ("article+is+protected", r"this article is protected\b"),
    ("版权", "版权"),
    ("转载", "转载"),
    ("摘编", "摘编"),
    ("侵权", "侵权"),
    ("未经", "未经.{0,6}许可"),
    ("公众号", "公众号"),
    ("国知网", "中国知网"),
    ("扫描二", "扫描二维码"),
    ("请登录", "请登录"),
    ("下载阅", "下载阅读"),
    ("全文请", "全文请"),
    ("阅读全", "阅读全文"),
    ("收稿日", "收稿日期"),
    ("金项目", "基金项目"),
    ("任编辑", "责任编辑"),
    ("信作者", "通信作者"),
    ("讯作者", "通讯作者"),
    ("者简", "作者简介"),
    ("用格式", "引用格式"),
    ("文献标", "文献标[识志]码"),
    ("图分类", "中图分类号"),
)
"""What a publisher's sentence is known by, behind the tokens without which it cannot stand there:
one of several, or two or three side by side (``+``, and of ideographs). The kernel looks for
those."""


def _at_a_word(pattern: str) -> str:
    """A pattern that begins where a word begins. It looks back past its first letter, as a
    pattern that begins with one of few characters is fast to search for (see `_LABEL_THERE`)."""
    first = pattern[0]
    return f"{first}(?<![0-9a-z]{first}){pattern[1:]}" if first.isascii() else pattern


_CUE = re.compile("|".join(_at_a_word(pattern) for _, pattern in _CUES))
CUE_WORDS = frozenset(" ".join(tokens for tokens, _ in _CUES).split())
CLOSING_WORDS = frozenset(
    """
    keyword keywords key+word key+words index+terms mesh+term mesh+terms subject+terms
    subject+headings 关键词 关键字 主题词 copyright 版权所 著作权
    """.split()
)
"""Without one of these near its end, or a sign of copyright, a text ends in no keywords and in no
copyright line; without a cue in its last sentence it has no publisher's: see `_without_tail`."""


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
