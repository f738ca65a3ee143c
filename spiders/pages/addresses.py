"""What an address leads to, and which addresses are one and the same."""

import re
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus, urljoin, urlsplit, urlunsplit

from records import Address, AddressKind, UsageError
from spiders.pages.known import shipped
from spiders.pages.profile import Addresses

_NATIVE_ID = re.compile(r"[0-9A-Fa-f]{1,64}")
_WHOLE = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#]|\Z)")
_DROPPED = str.maketrans("", "", "\t\n\r")
_SCRIPT = re.compile(r"(?:javascript|vbscript|data)\s*:", re.IGNORECASE)


class Target(NamedTuple):
    """What an address of a site leads to."""

    kind: AddressKind
    native_id: str
    """As the address spells it."""

    @property
    def fingerprint(self) -> str:
        return f"{self.kind}:{self.native_id.lower()}"


def target_of(href: str, addresses: Addresses) -> Target | None:
    """What an address, absolute or not, leads to; None where it is not one of the site's."""
    return target_in_form(href, form_of(addresses))


def target_in_form(href: str, form: re.Pattern[str]) -> Target | None:
    """`target_of` by the `form_of` a site's addresses: for the many links of a page."""
    if "%" in href:
        href = unquote_plus(href)
    match = form.match(href.lower())
    if match is None:
        return None
    native_id = href[match.start(2) : match.end(2)] if href.isascii() else match[2]
    return Target("similar" if match[1] else "article", native_id)


def form_of(addresses: Addresses) -> re.Pattern[str]:
    """What the addresses of a site's pages look like."""
    return _form(addresses.similar, addresses.article, addresses.native_id)


@cache
def _form(similar: str, article: str, parameter: str) -> re.Pattern[str]:
    """An address of either page, lower-case: what names the page, where that is of the similar
    ones, and the id among its parameters."""
    names = f"(?:({re.escape(similar)})|{re.escape(article)})"
    return re.compile(
        r"\s*(?!(?:javascript|vbscript|data|mailto):)(?:[^?#]*/)?"
        rf"{names}\?(?:[^#]*?[&;])??{re.escape(parameter)}=\s*([0-9a-f]{{1,64}})\s*(?=[&#]|$)"
    )


def parameters_of(query: str) -> list[tuple[str, str]]:
    """Names, lower-case, and values of an address's parameters, in order.

    >>> parameters_of("AID=0f&amp;pcid=5B&x")
    [('aid', '0f'), ('pcid', '5B'), ('x', '')]
    """
    found = []
    for part in query.replace("&amp;", "&").split("&"):
        if "%" in part or "+" in part:
            part = "=".join(unquote_plus(piece).strip() for piece in part.split("=", 1))
        name, _, value = part.partition("=")
        if name:
            found.append((name.strip().lower(), value.strip()))
    return found


def absolute(href: str, base: str | None) -> str | None:
    """An address as seen from its page: absolute where ``base`` is known, else as in the page.

    None: a script, a place on the page itself, or no address at all.
    """
    if base and href[:1].isalnum() and href.isprintable() and not _may_be_more(href):
        return _folder(base) + href
    if base and _FROM_ROOT.fullmatch(href) and (root := _root(base)) is not None:
        return root + href
    href = href.translate(_DROPPED).strip()
    if not href or href[0] == "#" or _SCRIPT.match(href):
        return None
    if not base:
        return href
    try:
        return urljoin(base, href)
    except ValueError:
        return None


def _may_be_more(href: str) -> bool:
    """Whether an address may be more than a name and parameters, and is to be resolved."""
    return ":" in href or "/" in href or "\\" in href or " " in href


_NAME = "[A-Za-z0-9_~-][A-Za-z0-9_.~-]*"
_FROM_ROOT = re.compile(rf"(?:/{_NAME})+(?:\?[!-\"$-\[\]-~]+)?")
"""An address from the root of its site on, of which nothing is to be resolved."""


@lru_cache(maxsize=256)
def _root(base: str) -> str | None:
    """What an address from the root on is relative to, without its slash. None: nothing is."""
    try:
        return urljoin(base, "/")[:-1]
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _folder(base: str) -> str:
    """What a name alone is relative to."""
    try:
        return urljoin(base, ".")
    except ValueError:
        return ""


def is_absolute(url: str | None) -> bool:
    """Whether an address can be fetched as it stands: http or https, with a host."""
    if not url or _WHOLE.match(url):
        return bool(url)
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def own_and_base(
    url: str | None, canonical: str | None, stated: str | None
) -> tuple[str | None, str | None]:
    """A page's own address, as far as it is known: the one it was met at, else the one it says it
    has; and what its links are relative to. ``stated``: the base that it states."""
    own = url or next((one for one in (canonical, stated) if is_absolute(one)), None)
    return own, (absolute(stated, own) if stated else None) or own


def address_of(url: str) -> Address | None:
    """An address with its identity: ``similar:<aid>`` or ``article:<aid>``, the id lower-case,
    whatever the host, the scheme, and the order and case of parameters.

    None: not an address of any site that is known.

    >>> address_of("HTTP://a.example/Relate_Search.aspx?PCID=5B&AID=0F1E").fingerprint
    'similar:0f1e'
    """
    for addresses in _families():
        target = target_of(url, addresses)
        if target is not None:
            return address_to(url, target)
    return None


def _families() -> list[Addresses]:
    return [profile.addresses for profile in shipped() if profile.addresses is not None]


def address_to(url: str, target: Target) -> Address:
    """The address whose target is known."""
    return Address(
        url=url.strip().partition("#")[0], fingerprint=target.fingerprint, kind=target.kind
    )


def link_to(url: str, target: Target, addresses: Addresses) -> Address:
    """The address of a link met on a page, in the one spelling in which it is followed.

    A site writes links to one page with more parameters here and fewer there; which of them is
    met first is chance, and must not show in what is fetched.
    """
    page, _, query = url.strip().partition("#")[0].partition("?")
    asked = addresses.asked
    parts = query.replace("&amp;", "&").split("&")
    kept = [part for part in parts if (name := _name_of(part)) and (not asked or name in asked)]
    spelled = f"{page}?{'&'.join(sorted(kept))}"
    return Address(url=spelled, fingerprint=target.fingerprint, kind=target.kind)


def _named_parts(query: str) -> list[tuple[str, str]]:
    """The parts of a query as written, each with its name, lower-case."""
    parts = query.replace("&amp;", "&").split("&")
    return [(name, part) for part in parts if (name := _name_of(part))]


def _name_of(part: str) -> str:
    name = part.partition("=")[0].strip().lower()
    return unquote_plus(name) if "%" in name else name


def address_from_id(native_id: str, template_url: str) -> Address:
    """The address of the page that lists an article's kin, made after another of the same site:
    its host, its folder and what it says besides the article.

    Raises UsageError for an id that cannot be one, or a template that is not of a known site.
    """
    native_id = native_id.strip()
    if not _NATIVE_ID.fullmatch(native_id):
        raise UsageError(f"{native_id!r} is no article id: write the hex digits of aid=")
    for addresses in _families():
        target = target_of(template_url, addresses)
        if target is not None and is_absolute(template_url.strip()):
            return _kin_address(native_id, template_url.strip(), target, addresses)
    raise UsageError(
        f"{template_url!r} does not show what an address of the site is like: "
        "give the full address of one of its pages"
    )


def _kin_address(native_id: str, template: str, target: Target, addresses: Addresses) -> Address:
    parts = urlsplit(template)
    folder, _, file = parts.path.rpartition("/")
    kept = [(name, part) for name, part in _named_parts(parts.query) if name != addresses.native_id]
    if target.kind != "similar":
        file = addresses.similar
        kept = [(name, part) for name, part in kept if name in addresses.carried]
    query = "&".join([f"{addresses.native_id}={native_id}", *(part for _, part in kept)])
    url = urlunsplit((parts.scheme, parts.netloc, f"{folder}/{file}", query, ""))
    return address_to(url, Target("similar", native_id))
