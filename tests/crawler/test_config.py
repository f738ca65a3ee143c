import re
import tomllib
from pathlib import Path

import pytest

from crawler.config import Config, Source, load_config, parse_allowed, require_contact, store_url
from crawler.schedules import Schedule
from records import ConfigError

EXAMPLE = Path(__file__).parents[2] / "examples" / "glean.toml"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str, name: str = "glean.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def complaints(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text), {})
    return str(caught.value).split("\n")


def test_without_a_file_everything_has_its_default(here):
    assert load_config(None, {}) == Config()


def test_the_option_wins_over_the_environment_and_that_over_the_file_here(here):
    write(here, "[network]\ndelay = 1")
    env = write(here, "[network]\ndelay = 2", "env.toml")
    option = write(here, "[network]\ndelay = 3", "option.toml")
    assert load_config(None, {}).network.delay == 1
    assert load_config(None, {"GLEAN_CONFIG": str(env)}).network.delay == 2
    assert load_config(option, {"GLEAN_CONFIG": str(env)}).network.delay == 3


@pytest.mark.parametrize("how", ["option", "environment"])
def test_a_file_that_is_named_must_exist(here, how):
    option = here / "no.toml" if how == "option" else None
    with pytest.raises(ConfigError, match=r"no\.toml: cannot be read: No such file.*; glean init"):
        load_config(option, {"GLEAN_CONFIG": str(here / "no.toml")})


def test_the_example_lists_every_key_with_its_true_default():
    written = tomllib.loads(EXAMPLE.read_text("utf-8"))
    assert written.keys() == Config.model_fields.keys()
    defaults = Config()
    for section in ("store", "network", "dedup", "reading", "scheduler", "retention"):
        expected = getattr(defaults, section).model_dump()
        assert {k: tuple(v) if isinstance(v, list) else v for k, v in written[section].items()} == (
            expected
        )
    for name, model, own in (
        ("source", Source, {"name", "start"}),
        ("schedule", Schedule, {"name", "job", "arguments", "cron", "calendar"}),
    ):
        (section,) = written[name]
        assert section.keys() == model.model_fields.keys()
        for key in section.keys() - own:
            value = tuple(section[key]) if isinstance(section[key], list) else section[key]
            assert value == model.model_fields[key].default, key


def test_the_example_explains_every_key():
    for line in EXAMPLE.read_text("utf-8").split("\n"):
        if re.match(r"\w+ = ", line) and not line.startswith("start ="):
            assert " # " in line, line


def test_the_example_is_a_configuration_that_loads():
    assert list(load_config(EXAMPLE, {}).sources) == ["government-media"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[network]\ndelay = '2'", 'network.delay: "2" is not a number; write delay = 2.0'),
        ("[network]\ndelay = -1", "network.delay: -1 is not at least 0; write delay = 2.0"),
        ("[network]\ndelay = nan", "network.delay: nan is not a finite number; write delay = 2.0"),
        (
            "[network]\ntimeout = 0",
            "network.timeout: 0 is not greater than 0; write timeout = 60.0",
        ),
        (
            "[network]\nmax_bytes = 1.5",
            "network.max_bytes: 1.5 is not a whole number; write max_bytes = 16777216",
        ),
        (
            "[network]\nconcurrency = true",
            "network.concurrency: true is not a whole number; write concurrency = 8",
        ),
        (
            "[network]\nallow = '127.0.0.1:80'",
            'network.allow: "127.0.0.1:80" is not a list in brackets; '
            'write allow = ["127.0.0.1:8080"]',
        ),
        (
            "[network]\nallow = ['localhost']",
            "network.allow: 'localhost' is not host and port; write allow = [\"127.0.0.1:8080\"]",
        ),
        (
            "[network]\ncontact = 'me'",
            "network.contact: 'me' is no way to reach you; "
            'write contact = "mailto:you@example.org", or the address of a page about your crawl',
        ),
        (
            "[network]\ndealy = 1",
            "network.dealy: no such key; did you mean to write delay?",
        ),
        ("[store]\nurl = ''", 'store.url: is empty; write url = "sqlite:///glean.db"'),
        ("store = 'x.db'", 'store: "x.db" is not a section of its own; write [store]'),
        (
            "[zzz]\n",
            "zzz: no such key; write one of store, network, dedup, reading, scheduler, "
            "retention, source, schedule",
        ),
        (
            "[[source]]\nstart = ['http://h/']",
            'source 1: name: is missing; write name = "government-media"',
        ),
        (
            "[[source]]\nname = 'b'\nspider = 'similiar'\nstart = ['http://h/']",
            "source 1 (b): spider: \"similiar\" is not one of 'similar' or 'listing'; "
            'write spider = "similar"',
        ),
        (
            "[[source]]\nname = '../b'\nstart = ['http://h/']",
            "source 1 (../b): name: '../b' cannot name a source; "
            "write letters, digits, dots, dashes, at most 64, a letter or digit first",
        ),
        (
            "[[source]]\nname = 'b'",
            'source 1 (b): has nothing to start from; write start = ["https://…"]',
        ),
        (
            "[[source]]\nname = 'b'\nstart = ['7F']",
            "source 1 (b): start: '7F' is not an address; for bare ids write "
            'template = "https://…?aid={id}"',
        ),
        (
            "[[source]]\nname = 'b'\nstart = ['file:///etc/passwd']",
            "source 1 (b): start: 'file:///etc/passwd' is not an address; "
            "write one that begins with http",
        ),
    ],
)
def test_an_error_names_file_and_key_and_says_what_to_write(tmp_path, text, complaint):
    assert complaints(tmp_path, text) == [f"{tmp_path / 'glean.toml'}: {complaint}"]


def test_every_error_is_told_one_a_line(tmp_path):
    told = complaints(tmp_path, "[network]\ndelay = 'x'\nretries = -1\n[dedup]\nthreshold = 2")
    assert [line.split(": ")[1] for line in told] == [
        "network.delay",
        "network.retries",
        "dedup.threshold",
    ]


def test_a_name_stands_once(tmp_path):
    source = "[[source]]\nname = 'b'\nstart = ['http://h/']\n"
    (told,) = complaints(tmp_path, source * 2)
    assert "the name 'b' stands twice" in told


def test_broken_syntax_names_line_and_column(tmp_path):
    (told,) = complaints(tmp_path, "[network]\ndelay 2\n")
    assert told.startswith(f"{tmp_path / 'glean.toml'}: line 2, column 7: ")


def test_a_file_that_ends_too_early_says_so(tmp_path):
    (told,) = complaints(tmp_path, "[network")
    assert "glean.toml: " in told
    assert "end of document" in told


def test_a_file_that_is_not_utf8_names_the_line(tmp_path):
    path = tmp_path / "glean.toml"
    path.write_bytes("[store]\narchive = '归档'".encode("gb18030"))
    with pytest.raises(ConfigError, match=r"glean\.toml: line 2: not UTF-8"):
        load_config(path, {})


def test_a_byte_order_mark_is_no_error(tmp_path):
    path = tmp_path / "glean.toml"
    path.write_bytes(b"\xef\xbb\xbf[network]\r\ndelay = 1\r\n")
    assert load_config(path, {}).network.delay == 1


def test_relative_paths_are_of_the_files_own_folder(tmp_path, here):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    path = write(
        folder,
        "[store]\nurl = 'sqlite:///a/b.db'\narchive = 'warc'\n"
        "[[source]]\nname = 'b'\nstart_file = 'seeds.txt'",
    )
    config = load_config(Path("elsewhere/glean.toml"), {})
    assert config == load_config(path, {})
    assert config.store.url == f"sqlite:///{folder}/a/b.db"
    assert config.store.archive == str(folder / "warc")
    assert config.source[0].start_file == str(folder / "seeds.txt")


@pytest.mark.parametrize(
    "url", ["sqlite:///:memory:", "sqlite:////var/lib/g.db", "postgresql+psycopg://h/d"]
)
def test_addresses_that_are_not_relative_stay_as_written(tmp_path, url):
    path = write(tmp_path, f"[store]\nurl = '{url}'\narchive = ''")
    store = load_config(path, {}).store
    assert (store.url, store.archive) == (url, "")


def test_the_store_is_the_options_else_the_environments_else_the_configs():
    env = {"GLEAN_STORE": "sqlite:///env.db"}
    assert store_url("sqlite:///o.db", env, Config()) == "sqlite:///o.db"
    assert store_url(None, env, Config()) == "sqlite:///env.db"
    assert store_url(None, {}, Config()) == "sqlite:///glean.db"


def test_starts_come_from_list_and_file_ids_through_the_template(tmp_path):
    seeds = write(tmp_path, "# ids\n\nAB12\r\nhttps://h/page?x=1\n  论文  \n", "seeds.txt")
    source = Source(
        name="b", start=("7F",), start_file=str(seeds), template="http://h/r.aspx?aid={id}&p=1"
    )
    assert list(source.addresses()) == [
        "http://h/r.aspx?aid=7F&p=1",
        "http://h/r.aspx?aid=AB12&p=1",
        "https://h/page?x=1",
        "http://h/r.aspx?aid=%E8%AE%BA%E6%96%87&p=1",
    ]


def test_a_bad_line_of_the_start_file_is_named(tmp_path):
    seeds = write(tmp_path, "http://h/1\nAB12\n", "seeds.txt")
    with pytest.raises(ConfigError, match=r"seeds\.txt: line 2: start: 'AB12' is not an address"):
        list(Source(name="b", start_file=str(seeds)).addresses())


def test_a_start_file_that_cannot_be_read_is_named(tmp_path):
    source = Source(name="b", start_file=str(tmp_path / "none.txt"))
    with pytest.raises(ConfigError, match=r"none\.txt: start_file of source b cannot be read: No"):
        list(source.addresses())


def test_a_public_site_needs_a_contact():
    with pytest.raises(ConfigError, match=r"network\.contact is missing, and h\.org is a public"):
        require_contact(Config(), ["http://127.0.0.1/", "http://h.org/a"])


def test_loopback_and_allowed_hosts_need_no_contact(tmp_path):
    config = load_config(write(tmp_path, "[network]\nallow = ['portal.lan:8080']"), {})
    local = ["http://127.0.0.1:1/", "http://[::1]/", "http://localhost/", "http://Portal.lan:8080/"]
    require_contact(config, local)
    with pytest.raises(ConfigError):
        require_contact(config, ["http://portal.lan/"])


def test_a_contact_is_enough_and_stands_in_the_user_agent(tmp_path):
    config = load_config(write(tmp_path, "[network]\ncontact = 'mailto:a@b.org'"), {})
    require_contact(config, ["https://h.org/"])
    assert re.fullmatch(r"gleanings/[\d.]+ \(\+mailto:a@b\.org\)", config.network.agent)
    assert re.fullmatch(r"gleanings/[\d.]+", Config().network.agent)


def test_a_contact_cannot_smuggle_a_header(tmp_path):
    (told,) = complaints(tmp_path, '[network]\ncontact = "mailto:a@b.org\\r\\nX: y"')
    assert "is no way to reach you" in told


@pytest.mark.parametrize(
    "entry", ["h", "h:", ":80", "h:99999", "h:x", "u@h:80", "h:80/", "http://h:80", "", "::1:80"]
)
def test_an_entry_of_allow_is_host_and_port(entry):
    with pytest.raises(ValueError, match="is not host and port"):
        parse_allowed(entry)


@pytest.mark.parametrize("start", ["http://h:99999/", "http://h:0/", "https://h:x/", "http:///x"])
def test_a_start_no_port_or_host_of_which_can_be_is_named_with_its_file(
    tmp_path: Path, start: str
) -> None:
    path = tmp_path / "glean.toml"
    path.write_text(f'[[source]]\nname = "portal"\nstart = ["{start}"]\n', "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    assert str(caught.value).startswith(f"{path}: source 1 (portal): start: {start}: ")
    assert "write" in str(caught.value)


@pytest.mark.parametrize("bounds", ["[5.0]", "[1.0, 2.0, 3.0]", "[7200.0, 3600.0]", "[0.0, 1.0]"])
def test_an_interval_of_visits_has_a_least_and_a_longest(tmp_path: Path, bounds: str) -> None:
    path = tmp_path / "glean.toml"
    source = '[[source]]\nname = "s"\nstart = ["http://h.example/"]\n'
    path.write_text(f"{source}revisit = {bounds}\n", "utf-8")
    with pytest.raises(ConfigError, match="revisit"):
        load_config(path, {})
    path.write_text(f"{source}revisit = [3600, 7200.0]\n", "utf-8")
    assert load_config(path, {}).sources["s"].revisit == (3600.0, 7200.0)
