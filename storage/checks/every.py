"""The table of checks, in the order in which they are made: what one mends, the next relies on."""

from storage.checks import (
    blocks,
    clusters,
    entries,
    files,
    matches,
    pages,
    pointers,
    references,
    wordings,
)
from storage.checks.check import Check
from storage.checks.rules import REREAD, RULES, check_of

_BACKUP = "restore the newest backup, or harvest the pages again"
_SETTLE = "glean verify --repair, which settles"
_REBUILD = "glean verify --repair, or glean refresh --rebuild"

CHECKS = (
    Check(
        "files",
        "the database can be read",
        files.finds_torn_pages,
        files.mends_torn_pages,
        "glean verify --repair for an index; else restore the newest backup",
    ),
    Check(
        "rows",
        "what a row refers to is there",
        references.finds,
        references.mends,
        "glean verify --repair for what says nothing without it; else restore the newest backup",
    ),
    *(check_of(rule) for rule in RULES if rule.area in ("frontier", "pages")),
    Check("pages", "a page has a reading of each record on it", pages.finds, pages.mends, REREAD),
    Check(
        "records",
        "a wording says what it said when it was stored",
        wordings.finds_contents,
        wordings.mends_contents,
        f"{REREAD}; without an archive: {_BACKUP}",
    ),
    Check("records", "a record points at its best reading", pointers.finds, pointers.mends),
    Check(
        "records",
        "a record is noted where its readings name two works",
        pointers.finds_conflicts,
        pointers.mends_conflicts,
    ),
    *(check_of(rule) for rule in RULES if rule.area == "records"),
    Check("index", "the blocks of the index can be read", blocks.finds, blocks.mends),
    Check(
        "records", "a record is in the text group of its wording", wordings.finds, wordings.mends
    ),
    Check(
        "records",
        "a text group has records",
        wordings.finds_empty_groups,
        wordings.mends_empty_groups,
    ),
    Check(
        "index",
        "a text group is in its buckets, and in no others",
        entries.finds,
        entries.mends,
        needs_index=True,
    ),
    Check(
        "index",
        "the buckets that are full are marked",
        entries.finds_saturated,
        entries.mends_saturated,
        needs_index=True,
    ),
    Check(
        "matches",
        "candidates are matched as they are judged",
        matches.finds,
        matches.mends,
        needs_index=True,
    ),
    *(check_of(rule) for rule in RULES if rule.area == "decisions"),
    Check(
        "decisions",
        "decisions contradict none before them",
        clusters.finds_contradictions,
        remedy="take one of them back, by the same words with --undo",
    ),
    Check("clusters", "a cluster has records", clusters.finds_empty, clusters.mends_empty),
    Check(
        "clusters",
        "clusters are what matches and decisions make",
        clusters.finds,
        clusters.mends,
        _SETTLE,
    ),
    Check(
        "related",
        "the index of related literature holds the records",
        files.finds_related,
        files.mends_related,
        _REBUILD,
    ),
)
