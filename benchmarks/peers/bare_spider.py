"""A bare Scrapy spider with parsel over the sample portal's ``table`` mark-up: the yardstick.

Extracts the fields that we read of each record, follows kin links, stores nothing.
``python benchmarks/peers/bare_spider.py START PAGES CONCURRENCY`` prints one JSON object.
"""

import json
import re
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

CITED = re.compile(r"总被引:(\d+),自引:(\d+),他引:(\d+)")
PLACE = re.compile(r"《(.+?)》(\d{4})?(?:,?(\d+))?(?:\((.+?)\))?(?::(\S+))?")
TOTAL = re.compile(r"共查询到(\d+)条相似文献,搜索用时\s*(\d+)")


class BareSpider(Spider):
    name = "bare"

    def __init__(self, start: str, pages: int, figures: dict[str, Any]) -> None:
        super().__init__()
        self.first, self.most, self.figures = start, pages, figures
        self.seen: set[str] = set()

    async def start(self) -> AsyncIterator[Request]:
        self.figures["begun"] = time.perf_counter()
        yield Request(self.first, dont_filter=True)

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        self.figures["pages"] += 1
        total = TOTAL.search("".join(response.xpath("//body//td[@colspan]/text()").getall()))
        stated = total and total.groups()
        for row in response.xpath("//td[a or font][.//table]/../.. | //table//table"):
            record = self.record(row)
            record["page"] = stated
            self.figures["records"] += 1
            link = record["similar_url"]
            if link:
                aid = parse_qs(urlsplit(link).query).get("aid", [""])[0].lower()
                if aid not in self.seen and len(self.seen) < self.most:
                    self.seen.add(aid)
                    yield response.follow(link, dont_filter=True)
            yield record
        response.xpath("//a[contains(@href, 'about')]/text()").getall()
        self.figures["ended"] = time.perf_counter()

    @staticmethod
    def record(row: Any) -> dict[str, Any]:
        title = row.xpath(".//a[contains(@href, 'view_abstract')]")
        lines = row.xpath("./tr/td")
        text = [" ".join(each.xpath(".//text()").getall()) for each in lines]
        cited = CITED.search(text[0]) if text else None
        place = PLACE.search(text[1]) if len(text) > 1 else None
        return {
            "title": "".join(title.xpath(".//text()").getall()),
            "url": title.xpath("@href").get(),
            "similar_url": row.xpath(".//a[contains(@href, 'relate_search')]/@href").get(),
            "authors": lines[1:2].xpath("./font/text()").getall(),
            "venue": place and place[1],
            "year": place and place[2],
            "volume": place and place[3],
            "issue": place and place[4],
            "pages": place and place[5],
            "cited": cited and cited.groups(),
            "abstract": "\n".join(lines[2:].xpath("./font/text()").getall()),
            "free_pdf": bool(row.xpath(".//a[contains(@href, 'getpdf')]")),
            "text": " ".join(text),
        }


def main() -> None:
    start, pages, concurrency = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    figures: dict[str, Any] = {"pages": 0, "records": 0}
    process = AsyncCrawlerProcess(
        {
            "CONCURRENT_REQUESTS": concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": True,
            "COOKIES_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "LOG_LEVEL": "WARNING",
            "CLOSESPIDER_PAGECOUNT": pages,
        }
    )
    process.crawl(BareSpider, start=start, pages=pages, figures=figures)
    process.start()
    seconds = figures.pop("ended") - figures.pop("begun")
    print(json.dumps({**figures, "seconds": round(seconds, 3)}))


if __name__ == "__main__":
    main()
