"""PostgreSQL takes a store or says in one line why not; nobody's password is printed."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, literal_column, text, update

from records import Address, StoreError, StoreUnreachable
from storage import SqlStore, frontier, open_store
from storage.firings import firing
from storage.prepared import Prepared
from storage.schema import metadata, state
from tests.servers import Server
from tests.storage.schemas import differences

NOW = 1_700_000_000_000_000


@pytest.fixture
def database(postgresql: Server) -> Iterator[str]:
    """A database that holds nothing at all."""
    name = postgresql.new_database()
    yield name
    postgresql.drop(name)


def test_migrations_make_the_tables_that_the_schema_says(postgresql: Server, database: str) -> None:
    with (
        open_store(postgresql.url(database), create=True) as store,
        store.database.read() as connection,
    ):
        assert firing.name in metadata.tables
        assert differences(connection) == []


def test_text_sorts_by_code_point_and_nothing_counts_by_itself(
    postgresql: Server, database: str
) -> None:
    columns = text(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name <> 'alembic_version' AND ("
        " data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
        " OR column_default IS NOT NULL)"
    )
    with (
        open_store(postgresql.url(database), create=True) as store,
        store.database.read() as connection,
    ):
        assert connection.execute(columns).all() == []


def refusal(url: str, *, create: bool = True) -> str:
    with pytest.raises(StoreError) as raised:
        open_store(url, create=create)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_store_of_a_newer_program_is_refused(postgresql: Server, database: str) -> None:
    url = postgresql.url(database)
    open_store(url, create=True).close()
    postgresql.execute("UPDATE alembic_version SET version_num = '9999'", database=database)
    assert "newer version of glean" in refusal(url)


def test_what_is_no_store_is_refused_with_a_remedy(postgresql: Server, database: str) -> None:
    url = postgresql.url(database)
    assert "there is no store" in refusal(url, create=False)
    postgresql.execute("CREATE TABLE theirs (id integer)", database=database)
    assert "holds other tables" in refusal(url)
    assert "createdb" in refusal(postgresql.url("nowhere"))
    assert "pg_hba.conf" in refusal(url.replace("gleanings@", "stranger@"))
    assert "names no schema" in refusal(f"{url}&options=-csearch_path=nowhere")


def test_a_database_that_does_not_hold_every_character_is_refused(postgresql: Server) -> None:
    postgresql.execute("CREATE DATABASE plain ENCODING 'SQL_ASCII' TEMPLATE template0")
    assert "createdb -E UTF8" in refusal(postgresql.url("plain"))
    postgresql.drop("plain")


def test_two_schemas_of_a_database_hold_two_stores(postgresql: Server, database: str) -> None:
    postgresql.execute("CREATE SCHEMA other", database=database)
    plain = postgresql.url(database)
    with (
        open_store(plain, create=True) as one,
        open_store(f"{plain}&options=-csearch_path=other", create=True) as two,
    ):
        with one.database.write(), two.database.write() as connection:
            connection.execute(text("UPDATE state SET change_no = 7"))
        with one.database.read() as connection:
            assert connection.execute(text("SELECT change_no FROM state")).scalar() == 0


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://me:hunter2@127.0.0.1:1/corpus",
        "postgresql+psycopg://me@127.0.0.1:1/corpus?password=hunter2",
        "postgresql+psycopg://me:hunter2@127.0.0.1:port/corpus",
        "mysql://me:hunter2@127.0.0.1/corpus",
        "me:hunter2@127.0.0.1",
    ],
)
def test_a_refusal_shows_no_password(url: str) -> None:
    assert "hunter2" not in refusal(url)


def test_without_a_driver_the_refusal_names_what_to_install() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from storage import open_store; from records import StoreError\n"
        "try: open_store('postgresql+psycopg://me@127.0.0.1:1/corpus')\n"
        "except StoreError as error: print(error)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "gleanings[postgresql]" in ended.stdout


def test_leases_count_by_the_server_s_clock(
    postgresql: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
    monkeypatch.setattr(time, "time_ns", lambda: 7)
    with (
        open_store(postgresql.url(database), create=True) as store,
        store.database.write() as connection,
    ):
        before = connection.execute(clock).scalar_one()
        with open_store(postgresql.url(database)) as other:
            now = other.database.now()
        assert before <= now <= connection.execute(clock).scalar_one()


def test_hand_outs_at_once_pass_over_each_other(postgresql: Server, database: str) -> None:
    def names(connection: Connection) -> list[str]:
        leases = frontier.lease(connection, "here", limit=9, max_depth=9, now=NOW).leases
        return sorted(each.address.fingerprint for each in leases)

    with (
        open_store(postgresql.url(database), create=True) as one,
        open_store(postgresql.url(database)) as two,
    ):
        with one.database.write() as connection:
            for site, count in (("a.example", 3), ("b.example", 1)):
                each = [
                    Address(url=f"http://{site}/{n}", fingerprint=f"{site}{n}", kind="listing")
                    for n in range(count)
                ]
                frontier.add_addresses(
                    connection, "here", each, depth=0, run=1, delay=1_000_000, now=NOW
                )
        with one.database.queue() as first:
            taken = frontier.lease(first, "here", limit=1, max_depth=9, now=NOW).leases
            assert [each.address.fingerprint[:-1] for each in taken] == ["a.example"]
            with two.database.queue() as second:
                assert names(second) == ["b.example0"]
            with two.database.write() as writer:  # what else is written waits for no hand-out
                writer.execute(text("UPDATE state SET change_no = change_no + 1"))
        with two.database.queue() as second:
            assert names(second) == []


@pytest.mark.parametrize("prepared", [False, True])
def test_a_server_that_does_not_come_back_is_told_in_one_line(
    postgresql: Server, monkeypatch: pytest.MonkeyPatch, prepared: bool
) -> None:
    monkeypatch.setattr("storage.postgresql.AWAY_SECONDS", 0.3)
    server = Server(postgresql.programs)
    try:
        server.start()
        with open_store(server.url("postgres"), create=True) as store:
            with pytest.raises(StoreUnreachable) as raised:
                _write_while_it_stops(store, server, prepared)
            assert "\n" not in str(raised.value)
            with pytest.raises(StoreUnreachable, match="check that the server runs"):
                store.settled_to()
            server.start()
            assert store.settled_to() == 0
    finally:
        server.remove()


def _write_while_it_stops(store: SqlStore, server: Server, prepared: bool) -> None:
    with store.database.write() as connection:
        server.stop()
        if prepared:
            Prepared(update(state).values(change_no=literal_column("7"))).run(connection)
        else:
            connection.execute(text("UPDATE state SET change_no = 7"))
