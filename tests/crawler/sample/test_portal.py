"""The portal as a whole: serving, truth, log, shutdown."""

import json
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import pytest

from crawler.sample import MARKUPS, Portal, PortTaken
from crawler.sample.printing import print_page
from records import UsageError
from tests.crawler.sample.browser import ask, kin_address, seen

_PRINT = """
import hashlib, sys
from crawler.sample.corpus import Corpus
from crawler.sample.markups import MARKUPS
from crawler.sample.printing import print_page
corpus = Corpus(300, 7)
digest = hashlib.sha256()
for markup in MARKUPS:
    for index in (299, 0, 17):
        for kind in ("similar", "article"):
            page = print_page(corpus, kind, index, markup)
            digest.update(page.body + page.content_type.encode())
print(digest.hexdigest())
"""


def test_equal_seeds_give_equal_bytes_in_every_process():
    said = {
        subprocess.run(
            [sys.executable, "-c", _PRINT],
            env={"PYTHONHASHSEED": salt, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for salt in ("1", "2")
    }
    assert len(said) == 1


def test_a_page_is_the_same_whatever_was_asked_before(corpus_of):
    with Portal(records=300, seed=7) as portal:
        for address in reversed(portal.start):
            ask(portal, address)
        served = ask(portal, portal.start[0])
    assert served.body == print_page(corpus_of(300), "similar", 0, "table").body


def test_from_its_front_page_links_lead_to_records():
    with Portal(records=60) as portal:
        _, subjects = seen(ask(portal, "/").body.decode())
        assert len(subjects) == len(portal.start) == 8
        _, starts = seen(ask(portal, subjects[0]).body.decode())
        assert portal.url + starts[0] == portal.start[0]
        assert ask(portal, starts[0]).status == 200


def test_truth_is_served_as_json_and_agrees_with_the_pages():
    with Portal(records=120, seed=2) as portal:
        truth = json.loads(ask(portal, "/truth.json").body)
        by_aid = {record["aid"]: record for record in truth["records"]}
        assert list(by_aid) == portal.truth.aids
        assert truth["start"] == portal.start
        for aid in portal.truth.aids[:20]:
            for rank, record in enumerate(portal.truth_page(aid), 1):
                assert record.pop("rank") == rank
                assert record == by_aid[record["aid"]] == portal.truth.record(record["aid"])
        assert {(pair["a"], pair["b"], pair["kind"]) for pair in truth["duplicates"]} == {
            (pair.a, pair.b, pair.kind) for pair in portal.truth.pairs
        }
        for pair in truth["duplicates"]:
            same_work = by_aid[pair["a"]]["work"] == by_aid[pair["b"]]["work"]
            assert same_work == pair["duplicate"]


def test_the_log_tells_who_asked_for_what():
    with Portal(records=30) as portal:
        before = time.time()
        aid = portal.truth.aids[4]
        ask(portal, "/robots.txt")
        ask(portal, kin_address(portal, aid.lower()))
        ask(portal, "/nothing")
        first, second, third = portal.log
    assert before <= first.time <= second.time <= time.time()
    assert first.host == f"127.0.0.1:{portal.port}"
    assert (second.path, second.aid, second.status) == ("/relate_search.aspx", aid.lower(), 200)
    assert (third.path, third.aid, third.status) == ("/nothing", None, 404)


@pytest.mark.parametrize("aid", ["", "0" * 32, "nonsense", "A" * 31 + "é"])
def test_an_unknown_aid_is_not_found(aid):
    with Portal(records=30) as portal:
        assert (
            ask(portal, f"/relate_search.aspx?aid={aid.encode().hex() if aid else ''}").status
            == 404
        )
        assert ask(portal, "/subject?pcid=0").status == 404


def test_the_markup_can_change_while_it_runs():
    with Portal(records=30, markup="table") as portal:
        pages = []
        for name in MARKUPS:
            portal.markup = name
            pages.append(ask(portal, portal.start[0]).body)
        portal.markup = "table"
        assert ask(portal, portal.start[0]).body == pages[0]
    assert len(set(pages)) == len(MARKUPS)


def test_several_portals_run_at_once():
    with Portal(records=30, seed=1) as one, Portal(records=30, seed=2) as other:
        assert one.port != other.port
        assert ask(one, one.start[0]).status == ask(other, other.start[0]).status == 200
        assert ask(one, other.start[0].removeprefix(other.url)).status == 404


def test_pages_printed_ahead_are_the_same_pages(corpus_of):
    with Portal(records=300, keep=0, print_ahead=40) as portal:
        for index in (0, 5, 299):
            served = ask(portal, kin_address(portal, portal.corpus.aid(index))).body
            assert served == print_page(corpus_of(300), "similar", index, "table").body


def test_it_leaves_neither_thread_nor_socket_though_a_client_hangs():
    before = set(threading.enumerate())
    with ExitStack() as clients:
        with Portal(records=30, faults=["hang:1"]) as portal:
            waiting = clients.enter_context(socket.create_connection(("127.0.0.1", portal.port)))
            path = portal.start[0].removeprefix(portal.url)
            waiting.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            while not portal.log:
                time.sleep(0.01)
        assert set(threading.enumerate()) == before
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", portal.port)).close()


def test_a_port_in_use_is_said_in_one_line():
    with Portal(records=10) as portal, pytest.raises(PortTaken) as taken:
        Portal(records=10, port=portal.port).__enter__()
    assert str(portal.port) in str(taken.value)
    assert "\n" not in str(taken.value)


@pytest.mark.parametrize("asked", [{"records": 0}, {"markup": "latex"}])
def test_what_cannot_be_served_is_refused(asked):
    with pytest.raises(UsageError):
        Portal(**asked)
