"""``python -m crawler.sample``: the portal alone, until Ctrl-C or SIGTERM."""

import argparse
import signal
import sys
import threading

from crawler.sample import MARKUPS, SERVICES, Portal
from crawler.sample.faults import NAMES
from records import GleaningsError


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m crawler.sample",
        description="Serve a small portal of synthetic records on loopback.",
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--records", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--markup", default="table", help=f"one of {', '.join(MARKUPS)}")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[:SHARE]",
        help=f"may be repeated; one of {', '.join(NAMES)}; share of the records, default 0.1; "
        "redesign:PAGES:LAYOUT changes the search pages after so many",
    )
    parser.add_argument(
        "--search", default="items", help=f"layout of /search; one of {', '.join(SERVICES)}"
    )
    parser.add_argument("--etags", action="store_true", help="pages have one, and 304 is answered")
    parser.add_argument("--crawl-delay", type=float, metavar="S", help="in robots.txt")
    parser.add_argument(
        "--cache", type=int, default=0, metavar="N", help="print the first N pages before serving"
    )
    return parser.parse_args()


def main() -> int:
    asked = _arguments()
    # Both end the wait, or the printing of pages, as Ctrl-C does.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with Portal(
            asked.records,
            asked.seed,
            asked.markup,
            asked.fault,
            asked.port,
            crawl_delay=asked.crawl_delay,
            search=asked.search,
            etags=asked.etags,
            print_ahead=asked.cache,
        ) as portal:
            print(f"portal {portal.url}")
            for address in portal.start:
                print(f"start  {address}")
            print(f"search {portal.search_address()}")
            for name in SERVICES:
                print(f"search {portal.search_address(name)}")
            print(f"truth  {portal.url}/truth.json", flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    except GleaningsError as error:
        print(error, file=sys.stderr)
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
