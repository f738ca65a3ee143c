"""Stores that older programs left are brought up with all that they hold."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from dedup.clusters import cluster_id
from storage import decisions, open_store
from storage.ids import id63
from tests.storage.filling import Filler, abstract, record
from tests.storage.invariants import check


def key(number: int) -> str:
    return record(number).key


def test_clusters_of_a_store_of_before_have_their_ids(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    with open_store(url, create=True) as opened:
        filler = Filler(opened)
        filler.add(102, [record(n, text=abstract(1), title="One", year=2000) for n in (1, 2)])
        filler.add(103, [record(n, text=abstract(2), title="Two", year=1999) for n in (3, 4)])
        opened.settle()
        filler.add(103, [record(4, text=abstract(2), title="Two", year=1999)])  # not settled
    _as_of_before(tmp_path / "s.db")
    with open_store(url) as opened:
        assert opened.cluster(cluster_id(key(1))) == opened.cluster_of(key(2))
        assert opened.cluster_of(key(4)) is None
        opened.settle()
        check(opened, settled=True)


def _as_of_before(path: Path) -> None:
    """Turn a store into what the program before migration 9 left."""
    config = Config()
    config.set_main_option(
        "script_location", str(Path(decisions.__file__ or "").parent / "migrations")
    )
    config.set_main_option("path_separator", "os")
    old = create_engine("sqlite://")
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        made = connection.execute(
            text("SELECT sql FROM sqlite_master WHERE name = 'cluster'")
        ).scalar_one()
    old.dispose()
    driver = sqlite3.connect(path)
    kept = driver.execute("SELECT least, canonical, size FROM cluster").fetchall()
    for table in ("cluster", "former", "decision"):
        driver.execute(f"DROP TABLE {table}")
    driver.execute(made)
    driver.executemany("INSERT INTO cluster VALUES (?, ?, ?)", kept)
    driver.execute("UPDATE alembic_version SET version_num = '0008'")
    driver.commit()
    driver.close()
    assert id63("record", key(1)) in {row[0] for row in kept}
