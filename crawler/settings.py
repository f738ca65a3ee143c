"""Scrapy's settings: what is fixed, for ``scrapy.cfg``, and what follows from ``glean.toml``."""

import os
from pathlib import Path
from typing import Any

from scrapy.settings import BaseSettings

from crawler.config import Config, load_config

BOT_NAME = "gleanings"
# Each by its name: of "spiders", Scrapy would import what reads pages too
SPIDER_MODULES = ["spiders.listing", "spiders.similar"]
NEWSPIDER_MODULE = "spiders"
ADDONS = {"crawler.settings.FromConfig": 0}

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
DOWNLOAD_HANDLERS = {
    "http": "crawler.handler.VisitHandler",
    "https": "crawler.handler.VisitHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

# Of what Scrapy has on by itself, what is used is named, and nothing is named to be left out: what
# a later release adds is not turned on unseen, and what is off is not imported.
#
# Robots, redirects, decoding and limits are the handler's. No cookies, caches, proxies or
# credentials; retries are the frontier's, which survive a kill.
DOWNLOADER_MIDDLEWARES_BASE = {"scrapy.downloadermiddlewares.stats.DownloaderStats": 850}
SPIDER_MIDDLEWARES_BASE = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": 50,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": 800,
}
SPIDER_MIDDLEWARES: dict[str, int | None] = {"crawler.feed.FeedMiddleware": 1000}
ITEM_PIPELINES: dict[str, int] = {"crawler.feed.IngestPipeline": 100}
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
}

# Said again where Scrapy has a word for it: so that a component somebody turns on keeps to it
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
COOKIES_ENABLED = False
RETRY_ENABLED = False
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
HTTPCACHE_ENABLED = False
HTTPPROXY_ENABLED = False
AUTOTHROTTLE_ENABLED = False
REFERER_ENABLED = False
REFERRER_POLICY = "no-referrer"
ROBOTSTXT_OBEY = True
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_FAIL_ON_DATALOSS = True
JOBDIR = None

# Of one answer, which is a single item: Scrapy starts so many workers for each
CONCURRENT_ITEMS = 1

# The pace is the frontier's: a delay here would come on top of it, a filter would lose retries
DOWNLOAD_DELAY = 0
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

LOG_LEVEL = "WARNING"
STATS_DUMP = False


def settings_for(config: Config, **more: Any) -> dict[str, Any]:
    """Everything Scrapy needs to harvest as `config` says; `more` are settings that win."""
    fixed = {name: value for name, value in globals().items() if name.isupper() and name[0] != "_"}
    return {**fixed, **_from(config), "GLEAN": config, **more}


def config_of(settings: BaseSettings) -> Config:
    """The configuration of a crawl: what `settings_for` was given, else of the setting
    ``GLEAN_CONFIG``, else as `load_config` finds it.

    Raises ConfigError.
    """
    given = settings.get("GLEAN")
    if isinstance(given, Config):
        return given
    path = settings.get("GLEAN_CONFIG")
    return load_config(Path(path) if path else None, os.environ)


class FromConfig:
    """Scrapy's add-on that brings ``glean.toml`` to crawls started by ``scrapy crawl``."""

    def update_settings(self, settings: BaseSettings) -> None:
        if isinstance(settings.get("GLEAN"), Config):  # made by `settings_for`: nothing is missing
            return
        config = config_of(settings)
        settings.set("GLEAN", config, priority="project")
        for name, value in _from(config).items():
            settings.set(name, value, priority="project")


def _from(config: Config) -> dict[str, Any]:
    network = config.network
    return {
        "USER_AGENT": network.agent,
        "CONCURRENT_REQUESTS": network.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": network.concurrency,
        "DOWNLOAD_TIMEOUT": network.timeout,
        "DOWNLOAD_MAXSIZE": network.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
    }
