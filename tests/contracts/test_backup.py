"""A backup of a store on any back end gives an equal store back."""

import shutil
import subprocess
from pathlib import Path

import pytest

from records import UsageError
from storage import SqlStore, open_store
from storage.backups import back_up
from tests.servers import Server
from tests.storage.damaging import everything, fill


def restored(backup: Path, request: pytest.FixtureRequest, store: SqlStore) -> str:
    """The address of a store made of a backup."""
    if not store.url.startswith("postgresql"):
        return f"sqlite:///{backup}"
    server: Server = request.getfixturevalue("postgresql")
    name = server.new_database()
    into = f"--dbname=postgresql://gleanings@/{name}?host={server.folder}"
    done = subprocess.run(
        ["pg_restore", "--clean", "--if-exists", "--no-owner", "--exit-on-error", into, backup],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return server.url(name)


def test_a_restored_store_is_equal(
    store: SqlStore, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if store.url.startswith("postgresql") and not (
        shutil.which("pg_dump") and shutil.which("pg_restore")
    ):
        pytest.skip("pg_dump or pg_restore is not installed")
    fill(store)
    before = everything(store)
    done = back_up(store, tmp_path / "backup", overwrite=False, now=1)
    assert done.size == (tmp_path / "backup").stat().st_size
    with open_store(
        restored(tmp_path / "backup", request, store),
        scheme=store.scheme,
        related_folder=str(tmp_path / "restored"),
    ) as opened:
        assert everything(opened) == before
    with pytest.raises(UsageError, match="is there already"):
        back_up(store, tmp_path / "backup", overwrite=False, now=2)
