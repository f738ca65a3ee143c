"""``glean.toml``: read, checked, and its errors put into words."""

import ipaddress
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    model_validator,
)

from crawler.config_errors import in_words
from crawler.names import profile_name, source_name
from crawler.paths import make_absolute
from crawler.schedules import Schedule, SchedulerConfig, check_cron, check_together
from records import ConfigError

DEFAULT_FILE = "glean.toml"
ENV_CONFIG = "GLEAN_CONFIG"
ENV_STORE = "GLEAN_STORE"
ENV_FOLDER = "GLEAN_CONFIG_FOLDER"
"""Folder that relative paths of the file are of, where that is a copy from elsewhere."""
MOST_QUARANTINED = 0.2
"""Where a source says nothing else, or nothing is said of it: one page in five."""

_CONTACT = re.compile(r"(mailto:|https?://)[!-~]+|[!-~]+@[!-~]+")

Interval = Annotated[float, Field(ge=1, le=315_360_000, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]


def parse_allowed(entry: str) -> tuple[str, int]:
    """Host and port of an entry of ``allow``; an IPv6 address stands in brackets.

    Raises ValueError.

    >>> parse_allowed("Localhost:8080"), parse_allowed("[::1]:80")
    (('localhost', 8080), ('::1', 80))
    """
    try:
        parts = urlsplit(f"//{entry}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port or parts.netloc != entry or "@" in entry:
        raise ValueError(f'{entry!r} is not host and port; write allow = ["127.0.0.1:8080"]')
    return host.rstrip("."), port


def _allowed(entries: tuple[str, ...]) -> tuple[str, ...]:
    for entry in entries:
        parse_allowed(entry)
    return entries


def check_address(url: str) -> None:
    """Raise ValueError, in words, for a web address with no host or no possible port.

    >>> check_address("http://h:99999/")
    Traceback (most recent call last):
        ...
    ValueError: http://h:99999/: is no web address: its port is not 1 to 65535; write one that is
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise ValueError(
            f"{url}: is no web address: {error}; write it as your browser shows it"
        ) from error
    try:
        possible = parts.port != 0
    except ValueError:
        possible = False
    if not possible:
        raise ValueError(f"{url}: is no web address: its port is not 1 to 65535; write one that is")
    if not host:
        raise ValueError(f"{url}: names no host; write it as your browser shows it")


def _contact(text: str) -> str:
    if text and not _CONTACT.fullmatch(text):
        raise ValueError(
            f"{text!r} is no way to reach you; "
            'write contact = "mailto:you@example.org", or the address of a page about your crawl'
        )
    return text


def _interval(bounds: tuple[float, ...]) -> tuple[float, ...]:
    if bounds and (len(bounds) != 2 or bounds[0] > bounds[1]):
        raise ValueError(
            "is not the least and the longest seconds between two visits; write "
            "revisit = [86400.0, 2592000.0] for a day and thirty"
        )
    return bounds


class _Section(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class StoreConfig(_Section):
    """``[store]``: where records are kept."""

    url: str = Field(default="sqlite:///glean.db", min_length=1)
    archive: str = "archive"
    """Folder of WARC files. Empty: none are kept."""
    related: str = Field(default="", examples=["related"])
    """Folder of the index of related literature. Empty: beside a store that is a file, beside the
    archive for one on a server."""

    def related_folder(self, url: str) -> str | None:
        """Of the index of the store at an address. None: `storage.related.index_of` knows."""
        if self.related or not self.archive or url.startswith("sqlite:"):
            return self.related or None
        return f"{self.archive.rstrip('/')}-related"


class Network(_Section):
    """``[network]``: how sites are asked."""

    contact: Annotated[str, AfterValidator(_contact)] = Field(
        default="", examples=["mailto:you@example.org"]
    )
    delay: Seconds = 2.0
    max_delay: Seconds = 60.0
    allow: Annotated[tuple[str, ...], Strict(False), AfterValidator(_allowed)] = Field(
        default=(), examples=[["127.0.0.1:8080"]]
    )
    timeout: float = Field(default=60.0, gt=0, le=3600, allow_inf_nan=False)
    """Seconds from a request to the last byte of its response."""
    max_bytes: int = Field(default=16_777_216, ge=1024, le=1 << 30)
    """Of one response, as received and once decoded."""
    concurrency: int = Field(default=8, ge=1, le=256)
    """Requests under way at once, over all hosts."""
    retries: int = Field(default=3, ge=0, le=100)
    """Further tries of an address that failed in a way that may pass."""

    @property
    def agent(self) -> str:
        """The user agent: project, version, and the contact in brackets where there is one."""
        product = f"gleanings/{version('gleanings')}"
        return f"{product} (+{self.contact})" if self.contact else product

    def is_local(self, url: str) -> bool:
        """Whether an address is on this machine, or allowed by name."""
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        if (host, port) in {parse_allowed(entry) for entry in self.allow}:
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")


class DedupConfig(_Section):
    """``[dedup]``: when two records are near-duplicates."""

    threshold: float = Field(default=0.7, gt=0, le=1, allow_inf_nan=False)


class Reading(_Section):
    """``[reading]``: how pages are read."""

    profiles: str = "profiles"
    """Folder of profiles of sites, beside those that ship; it need not exist. Empty: none."""


class Retention(_Section):
    """``[retention]``: what ``glean retain`` lets go."""

    pages: float = Field(default=0.0, ge=0, le=36_500, allow_inf_nan=False)
    """Days after which the archived bytes of a page go that nothing rests on any more. 0: never."""
    backups: int = Field(default=0, ge=0)
    """Newest backups that are kept of each schedule that makes them. 0: all."""


class Source(_Section):
    """One ``[[source]]``: where a harvest starts and how far it goes."""

    name: Annotated[str, AfterValidator(source_name)] = Field(examples=["government-media"])
    spider: Literal["similar", "listing"] = "similar"
    start: Annotated[tuple[str, ...], Strict(False)] = Field(
        default=(), examples=[["https://example.org/relate_search.aspx?aid=…"]]
    )
    """Addresses, or bare article ids."""
    start_file: str = Field(default="", examples=["seeds.txt"])
    """A file of more of them, one a line; blank lines and those that begin with # are skipped."""
    profile: Annotated[str, AfterValidator(profile_name)] = Field(default="", examples=["auto"])
    """What its pages are read by: a profile's name, or ``auto``. Empty: chosen page by page."""
    template: str = Field(default="", examples=["https://example.org/relate_search.aspx?aid={id}"])
    """The address of a bare id, with ``{id}`` in its place. Empty: there are no bare ids."""
    depth: int = Field(default=1, ge=0, le=1_000_000)
    """Steps of links from a start; of a listing next pages, unbounded where it is not written."""
    pages: int = Field(default=200, ge=1)
    quarantine: float = Field(default=MOST_QUARANTINED, ge=0, le=1, allow_inf_nan=False)
    """Share of the pages of a harvest, or of an import, in quarantine beyond which it stops. 1: it
    never does."""
    revisit: Annotated[tuple[Interval, ...], Strict(False), AfterValidator(_interval)] = Field(
        default=(), examples=[[86_400.0, 2_592_000.0]]
    )
    """The least and the longest seconds between two visits of a page. Empty: it is fetched once."""
    schedule: Annotated[str, AfterValidator(check_cron)] = Field(default="", examples=["0 3 * * *"])
    """When it is harvested, as cron writes it: short for a ``[[schedule]]`` of its name."""

    @model_validator(mode="after")
    def _starts_somewhere(self) -> "Source":
        if not self.start and not self.start_file:
            raise ValueError('has nothing to start from; write start = ["https://…"]')
        if self.template and "{id}" not in self.template:
            raise ValueError("template has no {id}; write it where an article's id belongs")
        for entry in self.start:
            self.address_of(entry)
        return self

    def address_of(self, entry: str) -> str:
        """The address of a start entry. Raises ValueError where it is none and no template helps.

        >>> Source(name="s", start=["7F"], template="http://h/?aid={id}").address_of("7F")
        'http://h/?aid=7F'
        """
        if entry.lower().startswith(("http://", "https://")):
            try:
                check_address(entry)
            except ValueError as error:
                raise ValueError(f"start: {error}") from error
            return entry
        if "://" in entry or not entry.strip():
            raise ValueError(f"start: {entry!r} is not an address; write one that begins with http")
        if not self.template:
            raise ValueError(
                f"start: {entry!r} is not an address; for bare ids write "
                'template = "https://…?aid={id}"'
            )
        return self.template.replace("{id}", quote(entry.strip(), safe=""))

    @property
    def steps(self) -> int:
        """How many steps of links are followed: for a listing where `depth` is not written, as many
        as there are; the page budget bounds them."""
        if self.spider == "listing" and "depth" not in self.model_fields_set:
            return 1_000_000
        return self.depth

    def addresses(self) -> Iterator[str]:
        """Every start address, those of the file after the others, in order.

        Raises ConfigError, naming the line, where the file cannot be read or has no address there.
        """
        yield from (self.address_of(entry) for entry in self.start)
        if not self.start_file:
            return
        path = Path(self.start_file)
        try:
            with path.open(encoding="utf-8-sig", newline="\n") as lines:
                for number, line in enumerate(lines, 1):
                    entry = line.strip()
                    if entry and not entry.startswith("#"):
                        yield self._of_line(entry, path, number)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise ConfigError(
                f"{path}: start_file of source {self.name} cannot be read: {reason}"
            ) from error

    def _of_line(self, entry: str, path: Path, number: int) -> str:
        try:
            return self.address_of(entry)
        except ValueError as error:
            raise ConfigError(f"{path}: line {number}: {error}") from error


class Config(_Section):
    """All of ``glean.toml``. Relative paths written there are of the file's own folder."""

    store: StoreConfig = StoreConfig()
    network: Network = Network()
    dedup: DedupConfig = DedupConfig()
    reading: Reading = Reading()
    scheduler: SchedulerConfig = SchedulerConfig()
    retention: Retention = Retention()
    source: Annotated[tuple[Source, ...], Strict(False)] = ()
    schedule: Annotated[tuple[Schedule, ...], Strict(False)] = ()

    @model_validator(mode="after")
    def _each_name_once(self) -> "Config":
        names = [source.name for source in self.source]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(
                    f"source: the name {name!r} stands twice; write another for one of them"
                )
        check_together(self.schedules, [each.name for each in self._written], names)
        return self

    @property
    def _written(self) -> list[Schedule]:
        own = [
            Schedule(name=each.name, job="harvest", source=each.name, cron=each.schedule)
            for each in self.source
            if each.schedule
        ]
        return [*own, *self.schedule]

    @cached_property
    def schedules(self) -> dict[str, Schedule]:
        """By name, in file order: those of sources first, each a harvest of its source."""
        return {each.name: each for each in self._written}

    @cached_property
    def sources(self) -> dict[str, Source]:
        """By name, in file order."""
        return {source.name: source for source in self.source}


def settings_file(path: Path | None, env: Mapping[str, str]) -> Path:
    """Where the settings stand, or would: `path`, else of ``GLEAN_CONFIG``, else ``glean.toml``."""
    return path or Path(env.get(ENV_CONFIG) or DEFAULT_FILE)


def load_config(path: Path | None, env: Mapping[str, str]) -> Config:
    """The configuration: of `path`, else of ``GLEAN_CONFIG``, else of ``glean.toml`` here, else all
    defaults.

    Relative paths that the file writes come back absolute, taken from the file's folder; defaults
    stay relative to the current folder. Raises ConfigError, a line for each thing that is wrong.
    """
    named = path is not None or bool(env.get(ENV_CONFIG))
    path = settings_file(path, env)
    if not named and not path.exists():
        return Config()
    document = _parse(path)
    defaults = {"profiles": Reading().profiles, "logs": SchedulerConfig().logs}
    folder = Path(env.get(ENV_FOLDER) or path.parent)
    make_absolute(document, folder.absolute(), defaults)
    try:
        return Config.model_validate(document)
    except ValidationError as errors:
        raise ConfigError("\n".join(in_words(errors, path, document, Config))) from None


def store_url(option: str | None, env: Mapping[str, str], config: Config) -> str:
    """The store's address: ``--store``, else ``GLEAN_STORE``, else the configuration's."""
    return option or env.get(ENV_STORE) or config.store.url


def require_contact(config: Config, urls: Iterable[str]) -> None:
    """Raise ConfigError where one of the addresses is of a public site and no contact is given."""
    if config.network.contact:
        return
    for url in urls:
        if not config.network.is_local(url):
            raise ConfigError(
                f"network.contact is missing, and {urlsplit(url).hostname} is a public site; write "
                'contact = "mailto:you@example.org" under [network] in glean.toml, so that its '
                "operator can reach you"
            )


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        message = f"{path}: cannot be read: {error.strerror}; glean init DIR makes one"
        raise ConfigError(message) from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}: line {line}: not UTF-8; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).removesuffix(")").rpartition(" (at ")
        raise ConfigError(f"{path}: {place or 'at the end'}: {what or error}") from error
