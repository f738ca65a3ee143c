"""The tables of a generation of the bucket index that is being made; as in `storage.schema`.

Each is the twin of one in use, and takes its name when the two are swapped.
"""

from sqlalchemy import Table

from storage.schema import fresh, metadata, saturated, shelf, shelving


def _twin(each: Table) -> Table:
    return each.to_metadata(metadata, name=f"next_{each.name}")


next_fresh = _twin(fresh)  # what came while it is made
next_shelf = _twin(shelf)
next_shelving = _twin(shelving)
next_saturated = _twin(saturated)

TWINS = (
    (fresh, next_fresh),
    (shelf, next_shelf),
    (shelving, next_shelving),
    (saturated, next_saturated),
)
