"""``glean why``: what speaks for and against two records being one work, and who decided."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.deciding import told
from cli.options import ConfigFile, Debug, Json, StoreUrl
from cli.place import place
from cli.terminal import counted, print_json, print_table, tell
from records import Reading

if TYPE_CHECKING:
    from storage.answers import Why


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
        from storage import answers

        asked = answers.why_one(opened, a) if b is None else answers.why_two(opened, a, b)
        settled_to = opened.settled_to()
    if json:
        print_json(answers.why_json(asked, settled_to))
    elif b is None:
        _show_one(asked, a)
    else:
        _show_two(asked, a, b)


def _show_two(asked: "Why", a: str, b: str) -> None:
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


def _show_one(asked: "Why", name: str) -> None:
    if not asked.clusters:
        tell(f"{name}: stands in no cluster")
    elif name != asked.clusters[0].id and name not in asked.clusters[0].keys:
        tell(f"{name}: is {asked.clusters[0].id} now")
    _show_clusters(asked)
    for key in (key for cluster in asked.clusters for key in cluster.keys):
        tell(f"  {key}")
    _show_decisions(asked)
    _show_conflicts(asked)


def _show_clusters(asked: "Why") -> None:
    for cluster in asked.clusters:
        members = counted(len(cluster.keys), "record")
        tell(f"cluster {cluster.id}: {members}, canonical {cluster.canonical}")


def _show_decisions(asked: "Why") -> None:
    for each in asked.decisions:
        tell(f"decided: {told(each)}")


def _show_conflicts(asked: "Why") -> None:
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
