"""``python -m scheduling``: a keeper. What it is to do comes on standard input."""

import sys

from records import GleaningsError
from scheduling.keeping import keep
from scheduling.order import Order
from storage.engine import open_database


def main() -> int:
    told = sys.stdin.buffer.read()
    if not told:
        return 0  # whoever started this died before saying what for
    order = Order.from_json(told)
    try:
        database = open_database(order.store, create=False)
        try:
            keep(database, order)
        finally:
            database.close()
    except GleaningsError as error:
        print(f"glean: run {order.firing}: {error}", file=sys.stderr, flush=True)
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
