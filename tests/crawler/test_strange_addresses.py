"""What a page links to cannot end the harvest, whatever it is."""

from pathlib import Path

from crawler.sample import Portal
from storage import open_store
from tests.crawler.harvesting import harvest, store_of, write_config
from tests.crawler.hostile import Hostile, says
from tests.storage.invariants import check

AID = "{:032X}"
ADDRESSES = [
    "http://h.invalid:port/",
    "http://127.0.0.1:99999/",
    "http://[oops/",
    "http://10.9.9.9/",
    "http://..invalid/",
    f"http://{'a' * 300}.invalid/",
    "file:///",
    "http:///",
]


def listing(base: str, number: int) -> bytes:
    """A page whose one record has its kin below another base."""
    return (
        f'<html><head><base href="{base}"><meta charset="utf-8"></head><body>'
        "<p><a href='/'>首页</a> | <a href='/s'>官方网站</a> | <a href='/a'>高级检索</a></p>"
        "<p>&nbsp;共查询到1条相似文献,搜索用时 25 毫秒</p><div>"
        f"<p>1. <a href='view_abstract.aspx?aid={AID.format(number)}'>On dam {number}</a></p>"
        f"<p>Reservoirs upstream hold back most of the sand of delta {number}.&nbsp;&nbsp;"
        f"<a href='relate_search.aspx?aid={AID.format(number)}'>相似文献</a>&nbsp;&nbsp;</p></div>"
        "<p><a href='/1'>设为首页</a> | <a href='/2'>免责声明</a> | <a href='/3'>关于我们</a></p>"
        "<p>Copyright©北京某某公司&nbsp;&nbsp;京ICP备00000001号</p></body></html>"
    ).encode()


def test_links_that_cannot_be_asked_for_are_given_up_one_by_one(tmp_path: Path) -> None:
    with Hostile() as site, Portal(records=5, seed=3) as portal:
        site.pages["/robots.txt"] = says(404)
        starts = []
        for number, base in enumerate(ADDRESSES, start=1):
            path = f"/{number}/relate_search.aspx"
            site.pages[path] = says(200, listing(base, 100 + number), content_type="text/html")
            starts.append(site.url(f"{path}?aid={AID.format(number)}"))
        config = write_config(tmp_path, portal, start=starts, depth=1)
        allowed = config.read_text("utf-8").replace(portal.url.removeprefix("http://"), site.place)
        config.write_text(allowed.replace("delay = 0.0", "delay = 0.0\nretries = 0"), "utf-8")
        figures = harvest(config, status=5)
    assert figures["finished"]
    assert figures["pages"] >= len(ADDRESSES)
    assert figures["failed"] > 3
    with open_store(store_of(config)) as store:
        check(store, settled=True)
