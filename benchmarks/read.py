"""Pages read a second on one core, beside a reader on BeautifulSoup(lxml) with the same fields.

Prints one JSON object. Both read the same page, a reconstruction of a similar-literature page of
20 records in some 60 KB of layout tables, taking turns; medians of three.
"""

import argparse
import json
import random
import re
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from records import as_json
from spiders.pages import read

URL = "http://lake.example.org/journals/relate_search.aspx?aid=" + "0f" * 16 + "&pcid=5B3AB970"
RECORDS = 20
_WORDS = (
    "government media citizens policy network sediment archive retrieval survey platform "
    "of the in and with between under for".split()
)
_HAN = "政府数据治理档案公众传播平台湖泊沉积流变土壤水稻地震波速语料检索模型机制影响差异"


def page(seed: int = 17) -> str:
    """A page: every other record is Chinese. Query words are marked, authors are links."""
    dice = random.Random(seed)
    rows = "".join(_record(dice, rank) for rank in range(1, RECORDS + 1))
    head = " | ".join(f'<a href="h{i}.aspx">{word}</a>' for i, word in enumerate(_HEAD))
    foot = " | ".join(f'<a href="f{i}.aspx">{word}</a>' for i, word in enumerate(_FOOT))
    return (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
        f"<title>相似文献</title></head><body><table width=980><tr><td>{head}</td></tr></table>"
        f"<div>&nbsp;共查询到<b>{RECORDS}</b>条相似文献,搜索用时 31 毫秒</div>{rows}"
        f"<table><tr><td>{foot}</td></tr><tr><td>Copyright&copy;北京拾叶信息技术有限公司&nbsp;"
        "&nbsp;京ICP备10203040号</td></tr></table></body></html>"
    )


_HEAD = ("首页", "本学科首页", "官方微博", "高级检索")
_FOOT = ("设为首页", "免责声明", "关于拾叶", "加入收藏")


def _marked(words: list[str], gap: str) -> str:
    """Every eighth word as the query's."""
    return gap.join(
        f'<font color="red">{word}</font>' if i % 8 == 1 else word for i, word in enumerate(words)
    )


def _author(name: str) -> str:
    return f'<a href="author.aspx?name={len(name)}" class="au">{name}</a>'


def _record(dice: random.Random, rank: int) -> str:
    aid = f"{dice.getrandbits(128):032X}"
    if rank % 2:
        abstract = _marked(dice.choices(_WORDS, k=140), " ") + "."
        names = ("McAdams", "J. E.", "Williams", "M. C.", "Okonkwo", "B.")
        title = _marked(dice.choices(_WORDS, k=10), " ")
    else:
        abstract = (
            "【目的】" + _marked(["".join(dice.choices(_HAN, k=2)) for _ in range(140)], "") + "。"
        )
        names = ("朱某彪", "袁某", "欧阳小雨")
        title = _marked(["".join(dice.choices(_HAN, k=2)) for _ in range(9)], "")
    people = "&nbsp;&nbsp;".join(_author(name) for name in names)
    shared = f"pcid=5B3AB970F71A803D&amp;aid={aid}"
    return (
        '<table width="98%" border="0" cellspacing="0" cellpadding="2"><tr>'
        f'<td width="30" valign="top"><font size="2"><b>{rank}.</b></font></td><td align="left">'
        f'<a href="view_abstract.aspx?{shared}&amp;jid=A98D&amp;yid=1" target="_blank"><b>{title}'
        f'</b></a>&nbsp;&nbsp;&nbsp;<font color="#666">总被引:<b>{rank + 3}</b>,自引:<b>1</b>,他引:'
        f'<b>{rank + 2}</b></font>&nbsp;&nbsp;<a href="pdf.aspx?{shared}"><img src="/i/pdf.gif">'
        f"下载免费PDF全文</a></td></tr><tr><td></td><td>{people}&nbsp;&nbsp;<font "
        f'color="green">《湖泊与数据》</font><span>{1990 + rank},<b>{rank}</b>({rank % 6 + 1}):'
        f"{rank * 7}-{rank * 7 + 9}</span></td></tr><tr><td></td><td><div><p>{abstract}</p></div>"
        f'&nbsp;&nbsp;<a href="relate_search.aspx?{shared}&amp;language=1"><font size="2">相似文献'
        '</font></a>&nbsp;&nbsp;</td></tr><tr><td colspan="2" height="8"></td></tr></table>\n'
    )


_CITED = re.compile(r"总被引:(\d+),自引:(\d+),他引:(\d+)")
_VENUE = re.compile(r"《(.+?)》\s*(\d{4})(?:,(\w+))?(?:\((.+?)\))?(?::([\w-]+))?")
_SECTION = re.compile(r"【(.+?)】")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")


def with_soup(body: bytes) -> dict[str, Any]:
    """The same fields by BeautifulSoup, for this one mark-up: a table of three rows a record."""
    soup = BeautifulSoup(body, "lxml")
    for unseen in soup.find_all(["script", "style"]):
        unseen.decompose()
    for hidden in soup.find_all(style=_HIDDEN):
        hidden.decompose()
    records = []
    for link in soup.find_all("a", href=re.compile(r"relate_search\.aspx\?")):
        table = link.find_parent("table")
        if isinstance(table, Tag):
            records.append(_soup_record(table, link))
    tables = soup.find_all("table")
    total = re.search(r"共查询到(\d+)条相似文献,搜索用时 (\d+) 毫秒", soup.get_text())
    foot = tables[-1].get_text(" ", strip=True)
    licence = re.search(r"(.)ICP备\d+号", foot)
    operator = re.search(r"©(\S+)", foot)
    return {
        "records": records,
        "stated_total": int(total[1]) if total else None,
        "stated_ms": int(total[2]) if total else None,
        "navigation": _soup_links(tables[0]),
        "footer": {
            "operator": operator[1] if operator else None,
            "licence": licence[0] if licence else None,
            "province": {"京": "北京", "沪": "上海"}.get(licence[1]) if licence else None,
            "links": _soup_links(tables[-1]),
            "text": foot,
        },
    }


def _soup_links(part: Tag) -> list[dict[str, str]]:
    return [{"text": a.get_text(), "url": urljoin(URL, str(a["href"]))} for a in part.find_all("a")]


def _soup_record(table: Tag, kin: Tag) -> dict[str, Any]:
    rows = table.find_all("tr")
    rank, head = rows[0].find_all("td")
    title = head.find("a")
    cited = _CITED.search(head.get_text())
    line = rows[1].get_text()
    venue = _VENUE.search(line)
    names = re.split(r"\xa0\xa0", line[: venue.start()].strip()) if venue else []
    if names and names[-1].endswith("."):
        names = [" ".join(names[i : i + 2]) for i in range(0, len(names), 2)]
    href = urljoin(URL, str(kin["href"]))
    found = rows[2].find("p")
    abstract = found.get_text() if found else ""
    parts = _SECTION.split(abstract)
    native_id = parse_qs(urlsplit(href).query)["aid"][0]
    return {
        "rank": int(rank.get_text().rstrip(".")),
        "key": f"aid:{native_id.lower()}",
        "native_id": native_id,
        "title": title.get_text() if title else None,
        "url": urljoin(URL, str(title["href"])) if title else None,
        "similar_url": href,
        "authors": names,
        "venue": venue[1] if venue else None,
        "year": int(venue[2]) if venue else None,
        "volume": venue[3] if venue else None,
        "issue": venue[4] if venue else None,
        "pages": venue[5] if venue else None,
        "abstract": abstract,
        "sections": [
            {"label": label, "text": text}
            for label, text in zip(parts[1::2], parts[2::2], strict=True)
        ],
        "language": "zh" if re.search(r"[\u4e00-\u9fff]", abstract) else "en",
        "cited_by": dict(zip(("total", "self", "others"), map(int, cited.groups()), strict=True))
        if cited
        else None,
        "free_pdf": "下载免费PDF全文" in head.get_text(),
        "text": " ".join(table.get_text(" ").split()),
    }


def _alike(name: str, mine: object, other: object) -> bool:
    """Whether a field was read alike; two readers may space a whole block differently."""
    if name == "text":
        return "".join(str(mine).split()) == "".join(str(other).split())
    return mine == other


def disagreement(ours: dict[str, Any], theirs: dict[str, Any]) -> str | None:
    """Which field the two readers read differently; None where all are the same."""
    parts = [(ours, theirs), (ours["footer"], theirs["footer"])]
    parts += zip(ours["records"], theirs["records"], strict=True)
    for mine, other in parts:
        for name, value in other.items():
            if name not in ("records", "footer") and not _alike(name, mine[name], value):
                return f"{name}: {mine[name]!r} and {value!r}"
    return None


SLICES = 8
"""Each turn is cut into so many, the readers by turns, so that both meet the same disturbances."""


def rates(
    readers: dict[str, Callable[[bytes], object]], body: bytes, seconds: float
) -> list[float]:
    """Pages a second of processor time, of each reader."""
    pages = dict.fromkeys(readers, 0)
    spent = dict.fromkeys(readers, 0.0)
    for name in list(readers) * SLICES:
        start = time.process_time()
        while (passed := time.process_time() - start) < seconds / SLICES:
            readers[name](body)
            pages[name] += 1
        spent[name] += passed
    return [pages[name] / spent[name] for name in readers]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=2.0, help="of each turn")
    seconds = options.parse_args().seconds
    body = page().encode("utf-8")
    ours = read(body, url=URL)
    if field := disagreement(as_json(ours), with_soup(body)):
        raise SystemExit(f"the two readers disagree on {field}")
    readers = {"ours": lambda page: read(page, url=URL), "beautifulsoup_lxml": with_soup}
    turns = [rates(readers, body, seconds) for _ in range(3)]
    medians = dict(zip(readers, map(statistics.median, zip(*turns, strict=True)), strict=True))
    print(
        json.dumps(
            {
                "question": "pages read a second on one core",
                "page": {
                    "bytes": len(body),
                    "records": len(ours.records),
                    "problems": len(ours.problems),
                },
                "ours": round(medians["ours"], 1),
                "beautifulsoup_lxml": round(medians["beautifulsoup_lxml"], 1),
                "ratio": round(medians["ours"] / medians["beautifulsoup_lxml"], 2),
                "when": datetime.now(UTC).isoformat(timespec="seconds"),
            }
        )
    )


if __name__ == "__main__":
    main()
