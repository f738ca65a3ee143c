"""Credentials reach the site they are for, and nothing that lasts."""

import gzip
import json
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.secrets import Credentials, public_page
from records import normal_address, page_hash
from records.secrets import SECRET, may_hold_secrets, secrets_of, without_secrets
from spiders.pages import read
from tests.crawler.harvesting import harvest, store_of
from tests.crawler.hostile import Asked, Hostile, Wire, says

CANARY = "kanari4711"
KIN = "0F1E" * 8
PAGE = f"""<html><body><div>共查询到<b>1</b>条相似文献,搜索用时 3 毫秒</div>
<table><tr><td>1.</td><td>
<a href="view_abstract.aspx?aid={KIN}&token={CANARY}">On Rivers and Sand</a>
</td></tr><tr><td></td><td><p>Reservoirs upstream hold back most of the sand that once fed
the delta.</p>
<a href="relate_search.aspx?aid={KIN}&amp;phpsessid={CANARY}">相似文献</a></td></tr></table>
<table><tr><td><a href="http://u:{CANARY}@h/about.aspx">关于我们</a></td></tr>
<tr><td>Copyright&copy;北京某某公司&nbsp;京ICP备00000001号</td></tr></table></body></html>"""


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("http://h/a?b=1", "http://h/a?b=1"),
        ("http://me:pw@h/a?b=@", "http://h/a?b=@"),
        ("//me@h/a", "//h/a"),
        ("http://h/?token=1", "http://h/"),
        ("http://h/?token=1&b=2", "http://h/?b=2"),
        ("http://h/?b=2&API_KEY=1;c=3", "http://h/?b=2;c=3"),
        ("http://h/?%74oken=1&api%5Fkey=2&b=2", "http://h/?b=2"),
        ("http://h/a;jsessionid=1?b=2", "http://h/a?b=2"),
        ("http://h/#access_token=1&b=2", "http://h/#b=2"),
        ("?ASPSESSIONIDQQ=1", ""),
        ("http://h/?key=word&sid=7&auth=Li", "http://h/?key=word&sid=7&auth=Li"),
        ("mailto:me@h", "mailto:me@h"),
    ],
)
def test_what_is_a_credential_is_taken_out_and_nothing_else(url: str, bare: str) -> None:
    assert without_secrets(url) == bare


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "token", "b%20", "PWD", "x", "sid"]), st.text("ab%=1")),
        max_size=6,
    )
)
def test_taking_out_twice_is_taking_out_once(parts: list[tuple[str, str]]) -> None:
    url = "http://h/p?" + "&".join(f"{name}={value}" for name, value in parts)
    bare = without_secrets(url)
    assert without_secrets(bare) == bare
    kept = [f"{name}={value}" for name, value in parts if name.lower() not in SECRET]
    if len(kept) == len(parts):
        assert bare == url
    else:
        assert bare == ("http://h/p?" + "&".join(kept) if kept else "http://h/p")


@given(st.sampled_from(sorted(SECRET)))
def test_a_quick_look_overlooks_none(name: str) -> None:
    assert may_hold_secrets(f"http://h/?a=1&{name}=2")
    assert secrets_of(f"http://h/?a=1&{name}=2") == (None, (f"{name}=2",))


def test_credentials_go_to_their_own_origin_alone() -> None:
    known = Credentials()
    known.learn("http://me:p%40w@h/start?token=1&b=2")
    assert known.added_to("http://h/next?c=3") == (
        "http://h/next?c=3&token=1",
        {"Authorization": "Basic " + b64encode(b"me:p@w").decode()},
    )
    assert known.added_to("http://h/next")[0] == "http://h/next?token=1"
    for other in ("https://h/next", "http://h:81/next", "http://other/next"):
        assert known.added_to(other) == (other, {})


def test_one_address_with_and_without_its_session_is_one() -> None:
    assert normal_address("http://h/a;jsessionid=1?b=2") == normal_address("http://h/a?b=2")


def test_a_page_without_credentials_is_left_as_it_is() -> None:
    page = read(PAGE.replace(CANARY, "x").replace("token=x", "b=1"), url="http://h/a")
    assert page_hash(public_page(page)) != page_hash(page)
    bare = public_page(page)
    assert public_page(bare) is bare


def test_a_canary_reaches_the_site_and_nothing_that_lasts(tmp_path: Path) -> None:
    with Hostile() as site:

        async def page(asked: Asked, wire: Wire) -> None:
            await wire.answer(
                200,
                PAGE.encode(),
                content_type="text/html; charset=utf-8",
                set_cookie=f"ASPSESSIONID={CANARY}",
                x_auth_token=CANARY,
            )

        async def moved(asked: Asked, wire: Wire) -> None:
            await wire.answer(302, location=f"/relate_search.aspx?aid=0F1F&token={CANARY}&p=1")

        site.pages |= {"/robots.txt": says(404), "/relate_search.aspx": page}
        site.pages["/old/relate_search.aspx"] = moved
        site.pages["/view_abstract.aspx"] = says(500, CANARY.encode()[::-1])
        starts = [
            f"http://me:{CANARY}@{site.place}/relate_search.aspx?aid=0F1D&token={CANARY}",
            site.url("/old/relate_search.aspx?aid=0F1C"),
        ]
        config = tmp_path / "glean.toml"
        config.write_text(
            f'[network]\ndelay = 0.0\nretries = 0\nallow = ["{site.place}"]\n[store]\n'
            f'url = "sqlite:///glean.db"\narchive = "archive"\n[[source]]\nname = "portal"\n'
            f"start = {json.dumps(starts)}\ndepth = 2\n",
            "utf-8",
        )
        figures = harvest(config)
    assert (figures["pages"], figures["quarantined"], figures["records"]) == (3, 0, 1)
    asked = [each for each in site.asked if each.path == "/relate_search.aspx"]
    assert {each.query.get("token") for each in asked} == {CANARY}
    assert {each.headers.get("authorization") for each in asked} == {
        "Basic " + b64encode(f"me:{CANARY}".encode()).decode()
    }
    said = [_glean(config, "report", "--out", str(tmp_path / "report.html"))]
    said += [_glean(config, *words) for words in (("status",), ("export", "jsonl"), ("verify",))]
    said += [json.dumps(figures), (tmp_path / "report.html").read_text("utf-8")]
    assert [text for text in said if CANARY in text] == []
    for path in tmp_path.rglob("*"):
        if path.is_file() and path != config:
            _check_bare(path)


def _check_bare(path: Path) -> None:
    data = path.read_bytes()
    if path.name.endswith(".warc.gz"):
        data = gzip.decompress(data).replace(PAGE.encode(), b"")  # bodies are as received
        assert b"WARC-Target-URI" in data
    assert CANARY.encode() not in data, path
    assert b64encode(f"me:{CANARY}".encode()) not in data, path


def _glean(config: Path, *arguments: str) -> str:
    place = ["--config", str(config), "--store", store_of(config)]
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments, *place],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout + done.stderr
