import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings, default_settings
from scrapy.utils.conf import build_component_list

from crawler.config import Config, Network
from crawler.settings import FromConfig, config_of, settings_for
from records import ConfigError
from tests.crawler.hostile import Hostile, redirects, says
from tests.crawler.test_limits import bomb

ROOT = Path(__file__).parents[2]
PAGE = "<html><title>相似文献</title></html>".encode("gb18030")


@pytest.fixture
def settings(monkeypatch, tmp_path) -> Settings:
    """As Scrapy reads them by ``scrapy.cfg``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GLEAN_CONFIG", raising=False)
    read = Settings()
    read.setmodule("crawler.settings", priority="project")
    return read


@pytest.mark.parametrize(
    "name",
    [
        *("TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "COOKIES_ENABLED", "RETRY_ENABLED"),
        *("HTTPCACHE_ENABLED", "HTTPPROXY_ENABLED", "AUTOTHROTTLE_ENABLED", "REFERER_ENABLED"),
        *("REDIRECT_ENABLED", "METAREFRESH_ENABLED", "STATS_DUMP"),
    ],
)
def test_what_opens_a_port_keeps_a_secret_or_breaks_the_pace_is_off(settings, name):
    assert settings.getbool(name) is False


def test_what_keeps_a_crawl_safe_is_on(settings):
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert settings.getbool("DOWNLOAD_FAIL_ON_DATALOSS")
    assert settings["REFERRER_POLICY"] == "no-referrer"
    assert settings["JOBDIR"] is None
    assert settings.getfloat("DOWNLOAD_DELAY") == 0


def test_only_http_and_https_have_a_handler_and_it_is_ours(settings):
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme: path for scheme, path in handlers.items() if path} == {
        "http": "crawler.handler.VisitHandler",
        "https": "crawler.handler.VisitHandler",
    }


@pytest.mark.parametrize(
    ("kind", "used"),
    [
        ("DOWNLOADER_MIDDLEWARES", {"DownloaderStats"}),
        (
            "SPIDER_MIDDLEWARES",
            {"StartSpiderMiddleware", "HttpErrorMiddleware", "UrlLengthMiddleware"}
            | {"FeedMiddleware"},
        ),
        ("EXTENSIONS", {"CoreStats", "LogCount", "CloseSpider", "FeedExporter"}),
    ],
)
def test_of_scrapys_components_only_those_that_are_used_are_there(settings, kind, used):
    """None of them listens, asks again, follows by itself or writes state."""
    names = build_component_list(settings.get_component_priority_dict_with_base(kind))
    assert {name.rpartition(".")[2] for name in names} == used
    assert len(names) == len(used)


@pytest.mark.parametrize("kind", ["DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS"])
def test_what_a_release_of_scrapy_adds_is_not_turned_on_unseen(settings, monkeypatch, kind):
    added = {"scrapy.extensions.logstats.LogStats": 1}
    theirs = getattr(default_settings, f"{kind}_BASE")
    monkeypatch.setattr(default_settings, f"{kind}_BASE", theirs | added)
    newer = Settings()
    newer.setmodule("crawler.settings", priority="project")
    names = [
        build_component_list(each.get_component_priority_dict_with_base(kind))
        for each in (settings, newer)
    ]
    assert names[0] == names[1]


def test_a_crawl_started_by_scrapy_takes_its_settings_from_the_configuration(settings, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text("[network]\ncontact = 'mailto:a@b.org'\nconcurrency = 3\ntimeout = 9.5\n")
    settings.set("GLEAN_CONFIG", str(path), priority="cmdline")
    FromConfig().update_settings(settings)
    assert settings["USER_AGENT"].endswith("(+mailto:a@b.org)")
    assert settings.getint("CONCURRENT_REQUESTS") == 3
    assert settings.getfloat("DOWNLOAD_TIMEOUT") == 9.5
    assert config_of(settings).network.concurrency == 3


def test_a_broken_configuration_stops_a_crawl_started_by_scrapy(settings, tmp_path):
    (tmp_path / "glean.toml").write_text("[network]\ndealy = 1\n")
    with pytest.raises(ConfigError, match="did you mean to write delay"):
        FromConfig().update_settings(settings)


def test_settings_for_a_configuration_hold_all_that_is_fixed_and_what_follows_from_it():
    config = Config(network=Network(concurrency=5, max_bytes=4096))
    made = settings_for(config, LOG_LEVEL="DEBUG")
    own = Settings(settings_for(config, CONCURRENT_REQUESTS=1))
    FromConfig().update_settings(own)
    assert own.getint("CONCURRENT_REQUESTS") == 1
    assert made["BOT_NAME"] == "gleanings"
    assert (made["CONCURRENT_REQUESTS"], made["DOWNLOAD_MAXSIZE"]) == (5, 4096)
    assert made["LOG_LEVEL"] == "DEBUG"
    assert config_of(Settings(made)) == config


def test_scrapy_lists_the_spiders():
    told = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.split() == ["listing", "similar"]


CRAWL = """
import json, sys
import psutil
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from crawler.capture import fetched_from
from crawler.config import Config, Network
from crawler.settings import settings_for

place, *urls = sys.argv[1:]
told = {"listening": []}
seen = []

class Sweep(Spider):
    name = "sweep"

    async def start(self):
        for url in urls:
            method = "POST" if url.endswith("post") else "GET"
            meta = {"lease": url, "capture": seen.append}
            yield Request(url, self.parse, errback=self.failed, method=method, meta=meta)

    def note(self, lease, what):
        ports = [c.laddr.port for c in psutil.Process().net_connections("inet")
                 if c.status == psutil.CONN_LISTEN]
        told["listening"] += ports
        told[lease] = what

    def parse(self, response):
        page = fetched_from(response)
        self.note(response.meta["lease"], [
            type(response).__name__, response.status, response.url, response.body == page.body,
            "Content-Encoding" in response.headers, page.requested,
        ])

    def failed(self, failure):
        self.note(failure.request.meta["lease"], [type(failure.value).__name__])

config = Config(network=Network(delay=0, timeout=5, max_bytes=1 << 20, allow=(place,)))
process = AsyncCrawlerProcess(settings_for(config, SPIDER_MIDDLEWARES={}, ITEM_PIPELINES={}))
process.crawl(Sweep)
process.start()
told["seen"] = sorted([page.role, page.url] for page in seen)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def crawled():
    """One real crawl of everything below, in a process of its own."""
    pages = {
        "/robots.txt": says(200, b"User-agent: *\nDisallow: /forbidden\n"),
        "/ok": says(200, gzip.compress(PAGE), content_type="text/html", content_encoding="gzip"),
        "/go": redirects,
        "/bomb": says(200, bomb(300 << 20), content_encoding="gzip"),
        "/post": says(),
        "/503": says(503),
    }
    with Hostile(pages=pages) as server, Hostile("127.0.0.2") as secret:
        urls = {
            "ok": server.url("/ok"),
            "moved": server.url("/go?to=/ok"),
            "astray": server.url(f"/go?to={secret.url('/')}"),
            "forbidden": server.url("/forbidden"),
            "bomb": server.url("/bomb"),
            "missing": server.url("/404"),
            "down": server.url("/503"),
            "post": server.url("/post"),
            "file": "file:///etc/hostname",
            "data": "data:text/html,x",
            "private": secret.url("/"),
        }
        done = subprocess.run(
            [sys.executable, "-c", CRAWL, server.place, *urls.values()],
            cwd=ROOT,
            env={**os.environ, "http_proxy": secret.url("/")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        yield {
            **{name: told[url] for name, url in urls.items()},
            "listening": told["listening"],
            "seen": told["seen"],
            "stderr": done.stderr,
            "server": server,
            "secret": secret,
        }


def test_scrapy_gets_pages_decoded_with_the_lease_in_their_meta(crawled):
    url = crawled["server"].url("/ok")
    assert crawled["ok"] == ["HtmlResponse", 200, url, True, False, url]


def test_scrapy_gets_the_page_behind_a_redirect_as_the_answer_to_its_request(crawled):
    server = crawled["server"]
    arrived = [server.url("/ok"), True, False, server.url("/go?to=/ok")]
    assert crawled["moved"] == ["HtmlResponse", 200, *arrived]


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        ("astray", "AddressRefused"),
        ("private", "AddressRefused"),
        ("forbidden", "RobotsForbids"),
        ("bomb", "BodyTooLarge"),
        ("missing", "HttpError"),
        ("down", "HttpError"),
        ("post", "UsageError"),
        ("file", "NotSupported"),
        ("data", "NotSupported"),
    ],
)
def test_every_failure_reaches_the_errback_by_name(crawled, name, failure):
    assert crawled[name] == [failure]


def test_a_private_host_is_never_reached_neither_by_redirect_nor_by_proxy(crawled):
    assert crawled["secret"].asked == []


def test_each_address_is_asked_once_and_robots_once(crawled):
    paths = crawled["server"].paths()
    assert paths.count("/robots.txt") == 1
    assert paths.count("/bomb") == paths.count("/503") == 1
    assert "/forbidden" not in paths
    assert "/post" not in paths


def test_during_a_crawl_nothing_listens(crawled):
    assert crawled["listening"] == []


def test_every_response_of_a_crawl_is_captured(crawled):
    server, secret = crawled["server"], crawled["secret"]
    hops = [server.url(f"/go?to={to}") for to in ("/ok", secret.url("/"))]
    assert crawled["seen"] == sorted(
        [
            *(["page", server.url(path)] for path in ("/404", "/503", "/bomb", "/ok", "/ok")),
            *(["redirect", hop] for hop in hops),
            ["robots", server.url("/robots.txt")],
        ]
    )


def test_a_crawl_whose_failures_are_handled_is_quiet(crawled):
    assert crawled["stderr"] == ""


def test_the_user_agent_names_the_project(crawled):
    agents = {asked.headers["user-agent"] for asked in crawled["server"].asked}
    assert agents == {Network().agent}
