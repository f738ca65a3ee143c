"""``glean why``: what speaks for and against two records being one work, and who decided."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.deciding import made_json, told
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.terminal import counted, print_json, print_table, tell
from records import Cluster, Evidence, Reading, UsageError, as_json

if TYPE_CHECKING:
    from storage import SqlStore
    from storage.decisions import Made


def why(
    a: Annotated[
        str, typer.Argument(metavar="A", help="Key of a record; without B also a cluster's id.")
    ],
    b: Annotated[str | None, typer.Argument(metavar="[B]", help="Key of another.")] = None,
    store: StoreUrl = None,
    config: ConfigFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Say what speaks for and against two records being one work, or what a cluster holds."""
    with place(config, store).open() as opened:
        asked = _of_one(opened, a) if b is None else _of_two(opened, a, b)
        settled_to = opened.settled_to()
    if json:
        print_json({**_json(asked), "settled_to": settled_to})
    elif b is None:
        _show_one(asked, a)
    else:
        _show_two(asked, a, b)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    evidence: Evidence | None
    """None: one record or one cluster was asked for."""
    clusters: list[Cluster]
    decisions: "list[Made]"
    """About records that stand there, those taken back too."""
    conflicting: dict[str, list[Reading]]
    """Readings of records whose pages say different works of them."""


def _of_two(opened: "SqlStore", a: str, b: str) -> _Asked:
    evidence = opened.explain(a, b)
    return _asked(opened, [a, b], [opened.cluster_of(key) for key in (a, b)], evidence)


def _of_one(opened: "SqlStore", name: str) -> _Asked:
    """Of a record's key, or the id of a cluster. Raises UsageError for what is neither."""
    try:
        return _asked(opened, [name], [opened.cluster_of(name)])
    except UsageError as no_record:
        try:
            return _asked(opened, [], [opened.cluster(name)])
        except UsageError:
            raise no_record from None


def _asked(
    opened: "SqlStore",
    keys: list[str],
    found: list[Cluster | None],
    evidence: Evidence | None = None,
) -> _Asked:
    clusters = list({each.id: each for each in found if each is not None}.values())
    concerned = {*keys, *(key for each in clusters for key in each.keys)}
    return _Asked(
        evidence=evidence,
        clusters=clusters,
        decisions=opened.decisions(concerned),
        conflicting={
            key: opened.readings(key) for key in dict.fromkeys(keys) if opened.is_conflict(key)
        },
    )


def _json(asked: _Asked) -> dict[str, Any]:
    nothing: dict[str, Any] = {"relation": None, "similarity": None, "evidence": []}
    return {
        **(nothing if asked.evidence is None else as_json(asked.evidence)),
        "clusters": as_json(asked.clusters),
        "decisions": [made_json(each) for each in asked.decisions],
    }


def _show_two(asked: _Asked, a: str, b: str) -> None:
    assert asked.evidence is not None
    evidence = asked.evidence
    known = "" if evidence.similarity is None else f", similarity {evidence.similarity:.3f}"
    tell(f"{evidence.relation}{known}")
    print_table(
        ("#", "what", "in words"),
        (("+" if clue.supports else "-", clue.kind, clue.words) for clue in evidence.clues),
    )
    _show_clusters(asked)
    _show_decisions(asked)
    together = any({a, b} <= {*cluster.keys} for cluster in asked.clusters)
    tell("one cluster" if together else "not in one cluster")
    _show_conflicts(asked)


def _show_one(asked: _Asked, name: str) -> None:
    if not asked.clusters:
        tell(f"{name}: stands in no cluster")
    elif name != asked.clusters[0].id and name not in asked.clusters[0].keys:
        tell(f"{name}: is {asked.clusters[0].id} now")
    _show_clusters(asked)
    for key in (key for cluster in asked.clusters for key in cluster.keys):
        tell(f"  {key}")
    _show_decisions(asked)
    _show_conflicts(asked)


def _show_clusters(asked: _Asked) -> None:
    for cluster in asked.clusters:
        members = counted(len(cluster.keys), "record")
        tell(f"cluster {cluster.id}: {members}, canonical {cluster.canonical}")


def _show_decisions(asked: _Asked) -> None:
    for each in asked.decisions:
        tell(f"decided: {told(each)}")


def _show_conflicts(asked: _Asked) -> None:
    for key, readings in asked.conflicting.items():
        _show_conflict(key, readings)


def _show_conflict(key: str, readings: list[Reading]) -> None:
    """What pages say of a record, each title with its authors once."""
    tell(f"{key}: pages say different works of it")
    said: dict[tuple[str | None, tuple[str, ...]], str] = {}
    for each in readings:
        said.setdefault((each.record.title, each.record.authors), each.provenance.url)
    for (title, authors), url in said.items():
        tell(f"  {title or 'no title'}; {', '.join(authors) or 'no authors'}; {url}")
