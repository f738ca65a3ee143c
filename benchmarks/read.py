"""Pages read a second on one core, beside a reader on BeautifulSoup(lxml) with the same fields.

Prints one JSON object. Both read the same page, a reconstruction of a similar-literature page of
20 records in 60 KB of layout tables, taking turns; medians of three.
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
SIZE = 60_000
_WORDS = (
    "government media citizens policy network sediment archive retrieval survey platform "
    "of the in and with between under for".split()
)
_HAN = "政府数据治理档案公众传播平台湖泊沉积流变土壤水稻地震波速语料检索模型机制影响差异"


def page() -> str:
    """The page: every other record has a Chinese abstract."""
    dice = random.Random(17)
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


def _record(dice: random.Random, rank: int) -> str:
    aid = f"{dice.getrandbits(128):032X}"
    zh = rank % 2 == 0
    length = SIZE // RECORDS - 1150
    if zh:
        abstract = "".join(dice.choices(_HAN, k=length // 3)) + "。"
        names = "朱某彪&nbsp;&nbsp;袁某"
        title = "".join(dice.choices(_HAN, k=18))
    else:
        abstract = " ".join(dice.choices(_WORDS, k=length // 7)) + "."
        names = "McAdams&nbsp;&nbsp;J. E.&nbsp;&nbsp;Williams&nbsp;&nbsp;M. C."
        title = " ".join(dice.choices(_WORDS, k=10))
    shared = f"pcid=5B3AB970F71A803D&amp;cid=FC0714F8D2EB605D&amp;aid={aid}"
    return (
        f'<table width="98%" border="0" cellspacing="0" cellpadding="2" class="t{rank}"><tr>'
        f'<td width="30" valign="top"><font size="2">{rank}.</font></td><td align="left">'
        f'<a href="view_abstract.aspx?{shared}&amp;jid=A98D&amp;yid=1&amp;iid=2" target="_blank">'
        f'<font color="red">{title[:4]}</font>{title[4:]}</a>&nbsp;&nbsp;&nbsp;'
        f'<font color="#666">总被引:{rank + 3},自引:1,他引:{rank + 2}</font>&nbsp;&nbsp;'
        f'<a href="pdf.aspx?{shared}"><img src="/i/pdf.gif" border="0">下载免费PDF全文</a></td></tr>'
        f'<tr><td></td><td><span class="a">{names}</span>&nbsp;&nbsp;<font color="green">《湖泊与'
        f"数据》</font>{1990 + rank},<b>{rank}</b>({rank % 6 + 1}):{rank * 7}-{rank * 7 + 9}</td>"
        f'</tr><tr><td></td><td><div style="line-height:150%"><p>{abstract}</p></div>&nbsp;&nbsp;'
        f'<a href="relate_search.aspx?{shared}&amp;language=1">相似文献</a>&nbsp;&nbsp;</td></tr>'
        "</table>\n"
    )


_CITED = re.compile(r"总被引:(\d+),自引:(\d+),他引:(\d+)")
_VENUE = re.compile(r"《(.+?)》\s*(\d{4})(?:,(\w+))?(?:\((.+?)\))?(?::([\w-]+))?")


def with_soup(body: bytes) -> dict[str, Any]:
    """The same fields by BeautifulSoup, for this one mark-up: a row of cells after another."""
    soup = BeautifulSoup(body, "lxml")
    records = []
    for link in soup.find_all("a", href=re.compile(r"relate_search\.aspx\?")):
        table = link.find_parent("table")
        if isinstance(table, Tag):
            records.append(_soup_record(table, link))
    text = soup.get_text()
    total = re.search(r"共查询到(\d+)条相似文献,搜索用时 (\d+) 毫秒", text)
    footer = soup.find_all("table")[-1]
    licence = re.search(r".ICP备\d+号", footer.get_text())
    return {
        "records": records,
        "stated_total": int(total[1]) if total else None,
        "footer": [(a.get_text(), urljoin(URL, str(a["href"]))) for a in footer.find_all("a")],
        "licence": licence[0] if licence else None,
    }


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
    abstract = rows[2].find("p")
    return {
        "rank": int(rank.get_text().rstrip(".")),
        "native_id": parse_qs(urlsplit(href).query)["aid"][0],
        "title": title.get_text() if title else None,
        "url": urljoin(URL, str(title["href"])) if title else None,
        "similar_url": href,
        "authors": names,
        "venue": venue[1] if venue else None,
        "year": int(venue[2]) if venue else None,
        "volume": venue[3] if venue else None,
        "issue": venue[4] if venue else None,
        "pages": venue[5] if venue else None,
        "abstract": abstract.get_text() if abstract else None,
        "cited_by": [int(number) for number in cited.groups()] if cited else None,
        "free_pdf": "下载免费PDF全文" in head.get_text(),
        "text": table.get_text(" "),
    }


def rate(reader: Callable[[bytes], object], body: bytes, seconds: float) -> float:
    """Pages a second of processor time."""
    count, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        reader(body)
        count += 1
    return count / spent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=2.0, help="of each turn")
    seconds = options.parse_args().seconds
    body = page().encode("utf-8")
    ours = read(body, url=URL)
    theirs = with_soup(body)["records"]
    for mine, other in zip(as_json(ours)["records"], theirs, strict=True):
        for name in ("rank", "native_id", "title", "authors", "venue", "year", "abstract"):
            if mine[name] != other[name]:
                raise SystemExit(f"the two readers disagree on {name} of record {mine['rank']}")
    turns: dict[str, list[float]] = {"ours": [], "beautifulsoup": []}
    for _ in range(3):
        turns["ours"].append(rate(lambda page: read(page, url=URL), body, seconds))
        turns["beautifulsoup"].append(rate(with_soup, body, seconds))
    medians = {name: statistics.median(rates) for name, rates in turns.items()}
    print(
        json.dumps(
            {
                "question": "pages read a second on one core",
                "page": {"bytes": len(body), "records": len(ours.records), "problems": 0},
                "ours": round(medians["ours"], 1),
                "beautifulsoup_lxml": round(medians["beautifulsoup"], 1),
                "ratio": round(medians["ours"] / medians["beautifulsoup"], 2),
                "when": datetime.now(UTC).isoformat(timespec="seconds"),
            }
        )
    )


if __name__ == "__main__":
    main()
