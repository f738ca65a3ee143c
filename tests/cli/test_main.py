"""What every command has in common: statuses, streams, one line for an error, light imports."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cli.endings import State
from cli.terminal import console
from crawler.sample import Portal
from records.visible import visible

HEAVY = ("numba", "pyarrow", "alembic", "datasketch", "scipy", "scrapy", "twisted", "aiohttp")


def modules_after(*arguments: str, folder: Path) -> set[str]:
    """Names in `sys.modules` once a command has run."""
    script = (
        "import sys, json\n"
        "from cli import main\n"
        f"status = main({list(arguments)!r})\n"
        "print('\\n' + json.dumps([status, sorted(sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", script], cwd=folder, capture_output=True)
    status, names = json.loads(done.stdout.splitlines()[-1])
    assert status == 0, done.stderr
    return set(names)


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    names = modules_after("--help", folder=tmp_path)
    assert names.isdisjoint({*HEAVY, "sqlalchemy", "numpy", "lxml", "pydantic", "tantivy"})


def test_asking_the_store_imports_no_crawler(harvested: Any) -> None:
    for command in (("similar", "some text"), ("status",), ("runs",)):
        names = modules_after(*command, folder=harvested.glean.folder)
        kernels = {"numba", "pyarrow"} if command[0] == "similar" else set()
        assert names.isdisjoint({*HEAVY} - kernels), command
        assert ("tantivy" in names) == (command != ("runs",))


def test_deduplicating_files_imports_no_store_no_crawler_and_no_scipy(tmp_path: Path) -> None:
    lines = [json.dumps({"id": each, "title": "On ants", "abstract": "Ants."}) for each in "ab"]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines))
    names = modules_after("dedup", "corpus.jsonl", "--out", "out", folder=tmp_path)
    assert "numba" in names
    assert names.isdisjoint({*HEAVY, "sqlalchemy", "lxml"} - {"numba", "pyarrow"})
    assert (tmp_path / "out" / "unique.jsonl").exists()


def test_reading_a_file_imports_no_store(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(
        " 共查询到0条相似文献,搜索用时 3 毫秒\n设为首页 | 免责声明 | 加入收藏\nCopyright©甲公司\n"
    )
    names = modules_after("read", "page.txt", "--jsonl", folder=tmp_path)
    assert names.isdisjoint({"numpy", "datasketch", "sqlalchemy", "alembic", "aiohttp"})


def test_a_harvest_leaves_what_reads_pages_to_its_reader(tmp_path: Path, configure: Any) -> None:
    with Portal(2, 7) as portal:
        configure(tmp_path, portal)
        names = modules_after("harvest", "portal", folder=tmp_path)
        assert len(portal.log) > 1
    assert names.isdisjoint({"spiders.pages.reading", "bs4", "aiohttp.web", "tldextract"})


def test_the_version_is_printed(glean: Any) -> None:
    done = glean("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("glean ")


def test_no_command_at_all_shows_what_there_is(glean: Any) -> None:
    done = glean()
    assert (done.returncode, done.stderr) == (2, "")
    assert "harvest" in done.stdout


@pytest.mark.parametrize(
    "arguments", [("export",), ("--nothing",), ("nothing",), ("settle", "extra")]
)
def test_what_does_not_exist_is_a_usage_error(glean: Any, arguments: tuple[str, ...]) -> None:
    glean.fails(*arguments, status=2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("harvset",), "glean: No such command 'harvset'. Did you mean 'harvest'?"),
        (("frobnicate",), "glean: No such command 'frobnicate'; glean --help lists its commands"),
        (("export",), "glean: Missing command; glean export --help lists its commands"),
        (("why",), "glean: Missing argument 'A'; glean why --help lists what it takes"),
    ],
)
def test_a_command_line_that_is_no_command_says_what_to_do_next(
    glean: Any, arguments: tuple[str, ...], said: str
) -> None:
    assert glean.fails(*arguments, status=2) == said


def test_an_error_is_one_line_and_a_traceback_only_with_debug(glean: Any) -> None:
    line = glean.fails("status", status=1)
    assert "Traceback" not in line
    done = glean("status", "--debug")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "there is no store" in done.stderr


def test_what_nobody_foresaw_is_a_line_too(glean: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError("nobody\x1b[2J thought of it")

    monkeypatch.setattr("crawler.config.load_config", fails)
    line = glean.fails("status", status=1)
    assert "ZeroDivisionError: nobody\\x1b[2J thought of it" in line
    assert "--debug" in line
    assert "Traceback" in glean("status", "--debug").stderr


def test_control_characters_of_others_are_shown_not_obeyed(glean: Any) -> None:
    line = glean.fails("read", "ftp://x/\x1b[2J\u202e\x9b", status=2)
    assert "ftp://x/\\x1b[2J\\u202e\\x9b" in line
    done = glean("read", "gone\x1b]0;title\x07.html")
    assert "\x1b" not in done.stdout + done.stderr
    assert "\\x1b]0;title\\x07" in done.stderr


def test_control_characters_stay_out_of_tables(glean: Any) -> None:
    text = (
        " 共查询到1条相似文献,搜索用时 3 毫秒\n"
        "Rivers\x1b[31m carry\u202e sand to the sea in amounts that dams have cut by half.\n"
        "\u00a0\u00a0相似文献\u00a0\u00a0\n设为首页 | 免责声明 | 加入收藏\n"
        "Copyright©甲公司  京ICP备1号\n"
    )
    (glean.folder / "page.txt").write_text(text, "utf-8")
    done = glean("read", "page.txt")
    assert "Rivers\\x1b[31m carry\\u202e sand" in done.stdout


def test_markup_of_others_is_not_read_as_markup(glean: Any) -> None:
    text = (
        " 共查询到1条相似文献,搜索用时 3 毫秒\n"
        "[bold red]Rivers[/] carry :smile: sand to the sea, [link=x]as dams allow[/link].\n"
        "\u00a0\u00a0相似文献\u00a0\u00a0\n设为首页 | 免责声明 | 加入收藏\n"
        "Copyright©甲公司  京ICP备1号\n"
    )
    (glean.folder / "page.txt").write_text(text, "utf-8")
    assert "[bold red]Rivers[/] carry :smile: sand" in glean("read", "page.txt").stdout


def test_a_name_that_is_no_utf8_is_printed_as_escapes(glean: Any) -> None:
    done = glean.apart("read", b"\xff\xfe.html".decode("utf-8", "surrogateescape"), "--jsonl")
    assert done.returncode == 1
    assert json.loads(done.stdout)["path"] == "\udcff\udcfe.html"
    assert "\\udcff" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_interrupted_ends_with_5(glean: Any, number: signal.Signals) -> None:
    started = glean.start("read", "-")
    for _ in range(600):
        if _waits_for_input(started.pid):
            break
        time.sleep(0.05)
    started.send_signal(number)
    _, err = started.communicate()
    assert started.returncode == 5
    assert b"Traceback" not in err


def _waits_for_input(pid: int) -> bool:
    """Whether a process sleeps in the read of a pipe, as the kernel tells it."""
    try:
        return "pipe" in Path(f"/proc/{pid}/wchan").read_text()
    except OSError:
        return False


def test_nothing_of_a_state_outlives_a_command(glean: Any) -> None:
    glean("status", "--debug")
    assert "Traceback" not in glean.fails("status", status=1)
    assert State().debug is False


def test_a_console_of_a_pipe_is_wide_enough_for_keys() -> None:
    assert console(sys.stdout).width >= 80
    assert visible("aid:0f1e") == "aid:0f1e"
