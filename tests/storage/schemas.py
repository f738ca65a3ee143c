"""What a store's tables are beside what the schema says."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from storage import removed, sampling
from storage.schema import metadata

TABLES_ELSEWHERE = removed.takedown, sampling.sampled
"""They are in `metadata` once their modules are imported."""


def differences(connection: Connection) -> Any:
    """Empty where they are the same; what is another back end's alone is no difference."""
    mine = connection.dialect.name

    def is_mine(item: Any, *_: object) -> bool:
        return bool(item.info.get("only", mine) == mine)

    context = MigrationContext.configure(connection, opts={"include_object": is_mine})
    return compare_metadata(context, metadata)
