"""Whatever happens to a store, and whatever people decide: settled, it equals the plain answer."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from dedup.scheme import Scheme
from storage import SqlStore, open_store
from tests.servers import Server
from tests.storage.deciding import Deciding, check_tally, tally


def test_a_store_with_decisions_equals_deduplicating_at_once_whatever_happens() -> None:
    tally.clear()
    run_state_machine_as_test(
        Deciding, settings=settings(max_examples=40, stateful_step_count=16, deadline=None)
    )
    check_tally()


def test_so_does_a_store_on_a_server(postgresql: Server) -> None:
    class OnServer(Deciding):
        def new_store(self, scheme: Scheme) -> SqlStore:
            self.name = postgresql.new_database()
            return open_store(postgresql.url(self.name), scheme=scheme, create=True)

        def teardown(self) -> None:
            super().teardown()
            if hasattr(self, "name"):
                postgresql.drop(self.name)

    run_state_machine_as_test(
        OnServer, settings=settings(max_examples=8, stateful_step_count=12, deadline=None)
    )
