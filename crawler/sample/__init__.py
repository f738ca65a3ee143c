"""A small portal of synthetic records on loopback: for the demo, for tests, for benchmarks.

It serves a similar-literature site whose every record is a function of a seed, with planted
duplicates and lookalikes of known truth, in several mark-ups, beside it a search service for the
same records in five layouts, and misbehaves on request.
It shares no code and no constants with what reads pages or finds duplicates: it is the
independent witness of both.
"""

from crawler.sample.corpus import Planted
from crawler.sample.faults import Fault
from crawler.sample.markups import MARKUPS
from crawler.sample.portal import Portal, PortTaken, Truth
from crawler.sample.services import SERVICES
from crawler.sample.site import Visit

__all__ = ["MARKUPS", "SERVICES", "Fault", "Planted", "PortTaken", "Portal", "Truth", "Visit"]
