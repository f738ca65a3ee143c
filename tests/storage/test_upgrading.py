"""Stores that older programs left are brought up with all that they hold."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from dedup.clusters import cluster_id
from dedup.scheme import DEFAULT
from storage import decisions, open_store
from storage.content import record_id
from tests.storage.filling import record


def key(number: int) -> str:
    return record(number).key


def test_clusters_of_a_store_of_before_have_their_ids(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    _as_of_before(url)
    with open_store(url) as opened:
        found = opened.cluster(cluster_id(key(1)))
        assert found is not None
        assert (found.keys, found.canonical) == ((key(1), key(2)), key(2))
        assert opened.cluster_of(key(2)) == found
        assert opened.cluster_of(key(4)) is None
        assert [*opened.clusters()] == [found]


def _as_of_before(url: str) -> None:
    """A store without ids of clusters: one is whole, of another the least record is gone."""
    config = Config()
    config.set_main_option(
        "script_location", str(Path(decisions.__file__ or "").parent / "migrations")
    )
    config.set_main_option("path_separator", "os")
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        connection.execute(
            text("INSERT INTO state VALUES (1, :scheme, 1, 1)"), {"scheme": DEFAULT.name}
        )
        for number, least in ((1, 1), (2, 1), (4, 3)):
            connection.execute(
                text("INSERT INTO record VALUES (:id, :key, 1, 1, 1, 0, 0, :id, 1, :cluster, 1)"),
                {
                    "id": record_id(key(number)),
                    "key": key(number),
                    "cluster": record_id(key(least)),
                },
            )
        for least, canonical in ((1, 2), (3, 4)):
            connection.execute(
                text("INSERT INTO cluster VALUES (:least, :canonical, 2)"),
                {"least": record_id(key(least)), "canonical": record_id(key(canonical))},
            )
    engine.dispose()
