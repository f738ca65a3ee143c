"""PostgreSQL takes a store or says in one line why not; nobody's password is printed."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from records import StoreError
from storage import open_store
from storage.schema import metadata
from tests.servers import Server


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
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


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
