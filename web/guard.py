"""Who may ask, and what a browser may do with the answer."""

import hmac
import ipaddress
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "glean-token"
MOST_QUERY = 16_384
"""Bytes of an address behind the question mark."""
MOST_BODY = 65_536
"""Bytes of what a form sends."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "connect")),
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""No script and no style but our own files; nothing is asked of anywhere else."""
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Under "no-referrer" browsers say of no form where it comes from, and every answer is refused.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Lets a request through to the page if it is asked of this host by this page itself.

    A site that a browser is on can have the browser ask us: under a name of its own that leads here
    (the Host header tells), or by a form or a script (the Origin header tells). Neither is let in.
    """

    def __init__(self, app: ASGIApp, *, names: Collection[str], token: str | None) -> None:
        """`names`: hosts it may be asked as, beside those that any machine calls itself by; ``*``:
        any IP address. `token`: of whoever may write; None: nobody may."""
        self._app = app
        self._names = frozenset(each.lower() for each in names)
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        scope["may_write"] = self._has_token(Headers(scope=scope))
        refusal = self._refusal(scope)
        answer = self._app if refusal is None else PlainTextResponse(refusal[1] + "\n", refusal[0])

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await answer(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return 421, "this page is not served under that name; ask for it by its own address"
        if len(scope["query_string"]) > MOST_QUERY:
            return 414, "the address is too long; search for fewer words"
        if scope["method"] in ("GET", "HEAD"):
            return None
        if scope["method"] != "POST":
            return 405, "that cannot be done here"
        return self._refusal_to_write(scope, headers, hosts[0])

    def _refusal_to_write(
        self, scope: Scope, headers: Headers, host: str
    ) -> tuple[int, str] | None:
        if self._token is None:
            return 403, "nothing is written here; start glean serve with --write"
        origins = headers.getlist("origin")
        if origins != [f"{scope['scheme']}://{host}"] and not self._is_bearer(headers, origins):
            return 403, "asked by another page than this one"
        if not scope["may_write"]:
            return 403, "the token is missing; open the address that glean serve --write printed"
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BODY:
            return 413, "that is more than a form of this page sends"
        return None

    def _is_bearer(self, headers: Headers, origins: list[str]) -> bool:
        """A program, not a browser: no page can have a browser say this without asking first."""
        return not origins and "authorization" in headers

    def _has_token(self, headers: Headers) -> bool:
        if self._token is None:
            return False
        said = headers.get("authorization", "").removeprefix("Bearer ")
        try:
            kept = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            kept = None
        return any(
            hmac.compare_digest(each.encode(), self._token.encode())
            for each in (said, kept.value if kept else "")
        )

    def _is_ours(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, _ = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            return False
        if parts.netloc != host or "@" in host or not name:
            return False
        if name == "localhost" or name in self._names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or "*" in self._names
