"""Near-duplicates: one answer, however few or many there are and whichever way is taken."""

import json
import subprocess
import sys

import pytest

from dedup import loading
from storage import SqlStore
from tests.storage.filling import Filler, abstract, record


def wording(number: int) -> str:
    """A printing of one text: a word of it is another."""
    words = abstract(3).split()
    words[5 * number % len(words)] = f"variant{number}"
    return " ".join(words)


@pytest.mark.parametrize("printings", [1, 3, 14, 48])
@pytest.mark.parametrize("loaded", [False, True], ids=["before", "after"])
def test_answers_before_kernels_are_loaded_and_after_are_what_evidence_says(
    store: SqlStore, filler: Filler, printings: int, loaded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many candidates, an answer is made by columns once the kernels are there."""
    monkeypatch.setattr(loading, "are_loaded", lambda: loaded)
    texts = [record(n, text=wording(n), title="River deltas") for n in range(printings)]
    filler.add(100, [*texts, *(record(n) for n in range(50, 60))])
    key = texts[0].key
    first = store.near_duplicates(key=key, limit=60)
    assert {each.b for each in first} == {each.key for each in texts[1:]}
    assert store.near_duplicates(key=key, limit=60) == first
    for each in first:
        assert each.evidence == store.explain(key, each.b)
        assert each.record == store.record(each.b)
    found = [store.near_duplicates(text=wording(0), limit=60) for _ in range(2)]
    assert found[0] == found[1]
    assert {each.b for each in found[0]} == {each.key for each in texts}


def test_of_texts_that_very_many_records_have_each_answer_is_whole(
    store: SqlStore, filler: Filler
) -> None:
    """More records than are read at once, and one text that has more than that alone."""
    printings = {0: range(270), 1: range(300, 420), 2: range(500, 620)}
    texts = {n: text for text, numbers in printings.items() for n in numbers}
    same = {"title": "River deltas", "year": 2001}
    filler.add(100, [record(n, text=wording(t), **same) for n, t in texts.items()])
    keys = {t: sorted(record(n).key for n in numbers) for t, numbers in printings.items()}
    every = [each.b for each in store.near_duplicates(text=wording(0), limit=1000)]
    assert every[:270] == keys[0]
    assert sorted(every[270:]) == sorted(keys[1] + keys[2])
    assert [each.b for each in store.near_duplicates(text=wording(0), limit=20)] == keys[0][:20]
    asked = store.near_duplicates(key=keys[1][0], limit=1000)
    assert [each.b for each in asked][:119] == keys[1][1:]
    assert len(asked) == len(texts) - 1


def test_a_record_that_says_nothing_is_like_none(store: SqlStore, filler: Filler) -> None:
    filler.add(100, [record(n, text="", title=None) for n in range(3)])
    assert [store.near_duplicates(key=record(0).key) for _ in range(2)] == [[], []]


ASKING = """
import json, sys, threading
from dedup import loading
from storage import open_store
go_on, load, said = threading.Event(), loading.load, []
def waiting(scheme):
    go_on.wait()
    load(scheme)
loading.load = waiting
with open_store(sys.argv[1]) as store:
    def ask():
        found = store.near_duplicates(key=sys.argv[2])
        found = [[each.b, each.evidence.similarity] for each in found]
        said.append([found, "numba" in sys.modules, threading.active_count()])
    for _ in range(3):
        ask()
    go_on.set()
    for each in threading.enumerate():
        if each is not threading.main_thread():
            each.join()
    ask()
print(json.dumps(said))
"""


def test_a_process_that_asks_again_does_not_wait_for_kernels_to_be_loaded(
    filler: Filler, store: SqlStore
) -> None:
    filler.add(100, [record(n, text=wording(n), title="River deltas") for n in range(3)])
    if store.url == "sqlite://":
        pytest.skip("a store in memory is one process's own")
    command = [sys.executable, "-c", ASKING, store.url, record(0).key]
    asked = subprocess.run(command, capture_output=True, text=True, check=True)
    first, *waiting, last = json.loads(asked.stdout)
    assert first == [last[0], False, 1]
    assert waiting == [[last[0], False, 2]] * 2
    assert last[1:] == [True, 1]
    assert len(last[0]) == 2
