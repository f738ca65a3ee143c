"""Stores are made by migrations alone, refused when newer, strange or broken; no write is lost."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from dedup.scheme import Scheme
from records import SchemeMismatch, StoreError
from storage import SqlStore, open_store
from storage.engine import HEAD
from storage.firings import firing
from storage.sampling import sampled
from storage.schema import metadata
from tests.launching import with_room
from tests.storage.filling import Filler, record
from tests.storage.schemas import differences


def test_migrations_make_the_tables_that_the_schema_says(store: SqlStore) -> None:
    with store.database.read() as connection:
        assert differences(connection) == []
        made = {
            row.name: row.sql
            for row in connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            )
        }
    for each in (firing, sampled):
        assert each.metadata is metadata  # its tables stand in a module of their own
    for table in metadata.sorted_tables:
        assert "STRICT" in made[table.name]
        clustered = table.dialect_options["sqlite"]["with_rowid"] is False
        assert ("WITHOUT ROWID" in made[table.name]) == clustered


def test_the_program_knows_the_newest_migration() -> None:
    scripts = Path(sys.modules["storage.engine"].__file__ or "").parent / "migrations"
    assert ScriptDirectory(str(scripts)).get_current_head() == HEAD


def test_a_store_of_an_older_program_is_brought_up_with_what_it_holds(tmp_path: Path) -> None:
    config = Config()
    folder = Path(sys.modules["storage.engine"].__file__ or "").parent / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{tmp_path / 's.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text("INSERT INTO state VALUES (1, :scheme, 7, 7)"), {"scheme": Scheme().name}
        )
    engine.dispose()
    with open_store(f"sqlite:///{tmp_path / 's.db'}") as opened:
        assert opened.settled_to() == 7
        assert Filler(opened).add(100, [record(1)]).new == 1
        with opened.database.read() as connection:
            assert differences(connection) == []


@pytest.mark.parametrize("room", [30_000, 90_000, 150_000])
def test_tables_that_a_full_disk_kept_from_being_made_are_made_when_there_is_room(
    tmp_path: Path, room: int
) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    making = "import sys; from storage import open_store; open_store(sys.argv[1], create=True)"
    broken = subprocess.run(  # -B: bytecode that is cut short by the limit would stay
        with_room(room, [sys.executable, "-B", "-c", making, url]),
        capture_output=True,
        check=False,
    )
    assert b"StoreError" in broken.stderr
    driver = sqlite3.connect(tmp_path / "s.db")
    assert driver.execute("SELECT name FROM sqlite_master").fetchall() == []
    driver.close()
    with open_store(url, create=True) as opened:
        assert Filler(opened).add(100, [record(1)]).new == 1


def test_a_store_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    open_store(url, create=True).close()
    with sqlite3.connect(tmp_path / "s.db") as driver:
        driver.execute("UPDATE alembic_version SET version_num = '9999'")
    driver.close()
    with pytest.raises(StoreError, match="newer version of glean"):
        open_store(url)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "there is no store"),
        (lambda path: path.write_bytes(b"not a database" * 100), "no database"),
        (lambda path: path.mkdir(), "unable to open"),
        (lambda path: _other_database(path), "holds other tables"),
    ],
    ids=["missing", "not a database", "a folder", "another program's"],
)
def test_what_is_no_store_is_refused_in_one_line(tmp_path: Path, make, says) -> None:
    path = tmp_path / "s.db"
    make(path)
    with pytest.raises(StoreError, match=says) as raised:
        open_store(f"sqlite:///{path}")
    assert "\n" not in str(raised.value)


def _other_database(path: Path) -> None:
    with sqlite3.connect(path) as driver:
        driver.execute("CREATE TABLE theirs (id INTEGER)")
    driver.close()


@pytest.mark.parametrize(
    "url", ["glean.db", "mysql://h/d", "postgresql://127.0.0.1:1/d", "sqlite:////no/x.db"]
)
def test_an_address_that_cannot_be_opened_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        open_store(url, create=True)


def test_a_store_made_with_another_threshold_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    open_store(url, create=True, scheme=Scheme.from_threshold(0.9)).close()
    with pytest.raises(SchemeMismatch, match="threshold"):
        open_store(url, scheme=Scheme.from_threshold(0.7))
    with open_store(url) as opened:
        assert opened.scheme.threshold == 0.9


def test_a_transaction_that_fails_leaves_nothing(store: SqlStore) -> None:
    with pytest.raises(IntegrityError), store.database.write() as connection:
        connection.execute(
            text("UPDATE state SET change_no = 77, settled_to = (SELECT NULL)"),
        )
    with store.database.read() as connection:
        assert connection.execute(text("SELECT change_no FROM state")).scalar_one() == 0


@pytest.mark.parametrize("other", [None, b""])
def test_a_store_that_is_taken_away_is_not_written_to(tmp_path: Path, other: bytes | None) -> None:
    path = tmp_path / "glean.db"
    with open_store(f"sqlite:///{path}", create=True) as store:
        path.rename(tmp_path / "away.db")
        if other is not None:
            path.write_bytes(other)
        with pytest.raises(StoreError, match="removed or replaced"), store.database.write():
            pytest.fail("was written to")
        (tmp_path / "away.db").replace(path)
        with store.database.write() as connection:
            assert connection.execute(text("SELECT count(*) FROM page")).scalar() == 0
