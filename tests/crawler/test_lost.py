"""A page that kills the harvest itself stands in the way of no other, and not for ever."""

import signal
import subprocess
import sys
from pathlib import Path

from crawler.sample import Portal
from storage import open_store, overview
from storage.lost import MOST_LOST
from tests.crawler.harvesting import harvest, store_of, write_config
from tests.storage.invariants import check

DEADLY = """
import os, signal, sys
from pathlib import Path
from crawler.config import load_config
from crawler.ingest import Ingest
from crawler.run import harvest
commit = Ingest.commit
def deadly(self, lease, fetched, place, read):
    if sys.argv[2] in lease.address.url:
        os.kill(os.getpid(), signal.SIGKILL)
    return commit(self, lease, fetched, place, read)
Ingest.commit = deadly
config = load_config(Path(sys.argv[1]), {})
harvest(config, config.sources["portal"], store_url=config.store.url)
"""


def test_a_page_that_kills_the_harvest_is_quarantined_and_every_other_is_stored(
    tmp_path: Path,
) -> None:
    (tmp_path / "deadly.py").write_text(DEADLY)
    with Portal(records=12, seed=3) as portal:
        config = write_config(tmp_path, portal)
        aid = portal.truth.aids[5]
        command = [sys.executable, str(tmp_path / "deadly.py"), str(config), aid]
        statuses = []
        while not statuses or (statuses[-1] and len(statuses) < 3 * MOST_LOST):
            done = subprocess.run(command, capture_output=True, timeout=60, check=False)
            statuses.append(done.returncode)
        asked = [visit.aid for visit in portal.log if visit.aid]
        assert statuses == [-signal.SIGKILL] * MOST_LOST + [0]
        assert asked.count(aid) == MOST_LOST
        with open_store(store_of(config)) as store:
            (run,) = store.runs()
            assert (run.pages, run.quarantined, run.failed, run.finished) == (11, 1, 0, True)
            with store.database.read() as connection:
                (waiting,) = overview.quarantine(connection, limit=5)
            assert aid in waiting.url
            check(store, settled=True)
        again = harvest(config)
        assert (again["pages"], again["quarantined"]) == (0, 0)
        assert harvest(config, "--fresh")["pages"] == 12
