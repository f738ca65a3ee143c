"""Sources with their health: what ``glean status`` says."""

from web.asked import Asked
from web.site import Shown, Site


def sources(site: Site, _asked: Asked) -> Shown:
    """The object that ``glean status --json`` prints, as of the last count; empty until there is
    one."""
    return Shown(site.status.get() or {})
