"""Text groups whose records may stand in clusters: those that something ties to another, or that
hold several records themselves."""

from typing import Any

from sqlalchemy import CompoundSelect, Select, exists, func, or_, select

from storage.schema import decision, match, record, text_group


def tied(after: int, most: int) -> Select[Any]:
    """Text groups that may be in a cluster, or are said to be, in the order of their ids, so many
    of them."""
    same = match.c.relation == "same"
    mine = text_group.c.id
    members = select(func.count()).select_from(record).where(record.c.text_group == mine)
    return (
        select(mine)
        .where(
            mine > after,
            or_(
                exists().where(match.c.a == mine, same),
                exists().where(match.c.b == mine, same),
                exists().where(record.c.text_group == mine, record.c.cluster.is_not(None)),
                exists().where(record.c.text_group == mine, record.c.key.in_(_merged())),
                (text_group.c.self_same == 1) & (members.scalar_subquery() > 1),
            ),
        )
        .order_by(mine)
        .limit(most)
    )


def _merged() -> CompoundSelect[Any]:
    standing = (decision.c.kind == "merge") & decision.c.undone_at.is_(None)
    return select(decision.c.a).where(standing).union(select(decision.c.b).where(standing))
