"""The application: which address leads to which view, and how a view becomes an answer."""

import json
import sys
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from records import GleaningsError, IndexUnusable, StoreError, UsageError
from storage import open_store
from web.asked import Asked, AskedWrongly
from web.guard import COOKIE, Guard
from web.labels import LANGUAGES, preferred
from web.rendering import FOLDER, render
from web.site import Bodies, Shown, Site, Status
from web.views import clusters, quarantine, records, reviewing, runs, searching, similar, sources

_LANGUAGE = "glean-language"
_YEAR = 365 * 86_400
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class View:
    """What an address shows, as a page and as JSON."""

    path: str
    name: str
    """Of its JSON, ``NAME.json``, and of its template."""
    show: Callable[[Site, Asked], Shown]


VIEWS = (
    View("/", "search", searching.search),
    View("/advanced", "advanced", searching.search),
    View("/similar", "similar", similar.similar),
    View("/record", "record", records.record),
    View("/why", "why", records.why),
    View("/clusters", "clusters", clusters.clusters),
    View("/cluster", "cluster", clusters.cluster),
    View("/review", "review", reviewing.review),
    View("/runs", "runs", runs.runs),
    View("/sources", "sources", sources.sources),
    View("/quarantine", "quarantine", quarantine.quarantine),
    View("/quarantine/page", "page", quarantine.page),
)


def make(
    store_url: str,
    *,
    write_token: str | None = None,
    related_folder: str | None = None,
    names: Collection[str] = (),
    status: Status | None = None,
    bodies: Bodies | None = None,
) -> Starlette:
    """The page of a store. `write_token`: who shows it may answer reviews; None: nobody may.

    `names`: hosts it may be asked as, see `web.guard.Guard`; `status`: what ``glean status`` says
    of the store, None: without archive and schedules; `bodies`: of archived pages, None: there is
    no archive. Raises what `storage.open_store` does.
    """
    site = Site(
        open_store(store_url, related_folder=related_folder, as_is=True),
        status=status,
        bodies=bodies,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(site.begin)
        yield
        await run_in_threadpool(site.end)

    routes = [route for view in VIEWS for route in _routes(site, view)]
    return Starlette(
        routes=[
            *routes,
            Route("/review", _answering(site), methods=["POST"]),
            Route("/quarantine/archived", _download(site)),
            Route("/enter", _entering(write_token)),
            Route("/language", _choose_language),
            Mount("/static", StaticFiles(directory=FOLDER / "static")),
        ],
        middleware=[Middleware(Guard, names=names, token=write_token)],
        exception_handlers={404: _not_found, 405: _not_found},
        lifespan=lifespan,
    )


def _routes(site: Site, view: View) -> list[Route]:
    twin = f"{view.path.rstrip('/')}.json" if view.path != "/" else "/search.json"

    async def page(request: Request) -> Response:
        return await run_in_threadpool(_page, site, view, twin, request)

    async def said(request: Request) -> Response:
        return await run_in_threadpool(_json, site, view, request)

    return [Route(view.path, page), Route(twin, said)]


def _page(site: Site, view: View, twin: str, request: Request) -> Response:
    asked = _asked(request)
    shown = _shown(lambda: view.show(site, asked))
    if isinstance(shown, _Wrong):
        return _error_page(shown.status, shown.words, asked.language)
    more = {
        "twin": f"{twin}?{request.url.query}" if request.url.query else twin,
        "here": f"{view.path}?{request.url.query}" if request.url.query else view.path,
        "view": view.name,
        "store": site.store.database.name,
    }
    text = render(f"{view.name}.html", asked.language, {"said": shown.said, **shown.more, **more})
    return HTMLResponse(text, shown.status)


def _json(site: Site, view: View, request: Request) -> Response:
    asked = _asked(request)
    shown = _shown(lambda: view.show(site, asked))
    if isinstance(shown, _Wrong):
        return _json_response({"error": shown.words}, shown.status)
    return _json_response(
        {
            name: value.made() if isinstance(value, reviewing.Pairs) else value
            for name, value in shown.said.items()
        },
        shown.status,
    )


@dataclass(frozen=True, slots=True)
class _Wrong:
    status: int
    words: str


def _shown(show: Callable[[], Shown]) -> "Shown | _Wrong":
    try:
        return show()
    except Exception as error:
        return _wrong(error)


def _wrong(error: Exception) -> _Wrong:
    """An error as an answer: what is known in its own words, anything else without details."""
    if isinstance(error, AskedWrongly):
        return _Wrong(400, str(error))
    if isinstance(error, UsageError):
        return _Wrong(404, str(error))
    if isinstance(error, IndexUnusable | StoreError):
        return _Wrong(503, str(error))
    if isinstance(error, GleaningsError):
        return _Wrong(409, str(error))
    print(f"glean: serve: unforeseen: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    return _Wrong(500, "something unforeseen went wrong; the terminal of glean serve says what")


def _json_response(said: Mapping[str, Any], status: int = 200) -> Response:
    text = json.dumps(said, ensure_ascii=False) + "\n"
    return Response(text.encode("utf-8", "replace"), status, media_type="application/json")


def _error_page(status: int, words: str, language: str) -> Response:
    more = {"status": status, "words": words, "view": "", "twin": None, "here": "/", "store": ""}
    return HTMLResponse(render("error.html", language, more), status)


def _asked(request: Request) -> Asked:
    said = parse_qs(request.url.query, errors="replace", max_num_fields=200)
    chosen = preferred(request.cookies.get(_LANGUAGE), request.headers.get("accept-language"))
    return Asked(said, chosen, bool(request.scope.get("may_write")))


async def _not_found(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    words = "there is nothing at this address" if status == 404 else "that cannot be done here"
    if request.url.path.endswith(".json"):
        return _json_response({"error": words}, status)
    return _error_page(status, words, _asked(request).language)


def _answering(site: Site) -> Callable[[Request], Any]:
    """Takes an answer of a review; the next pair is shown then."""

    async def answered(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != _FORM:
            return _error_page(415, "that is no form of this page", "en")
        body = await request.body()
        form = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
        said = Asked(form, may_write=True)
        try:
            told = await run_in_threadpool(reviewing.answer, site, said)
        except Exception as error:
            wrong = _wrong(error)
            return _error_page(wrong.status, wrong.words, _asked(request).language)
        return RedirectResponse(f"/review?said={quote(told[:300])}", 303)

    return answered


def _download(site: Site) -> Callable[[Request], Any]:
    """Archived bytes, as a file to be kept: no browser takes them for a page."""

    async def download(request: Request) -> Response:
        try:
            name, body = await run_in_threadpool(quarantine.archived, site, _asked(request))
        except Exception as error:
            wrong = _wrong(error)
            return _error_page(wrong.status, wrong.words, _asked(request).language)
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(body, headers=headers, media_type="application/octet-stream")

    return download


def _entering(token: str | None) -> Callable[[Request], Any]:
    """Has a browser keep the token of the address that was printed."""
    from hmac import compare_digest

    async def enter(request: Request) -> Response:
        said = request.query_params.get("token", "")
        if token is None or not compare_digest(said.encode(), token.encode()):
            words = "this is not the token of this glean serve; it printed another address"
            return _error_page(403, words, _asked(request).language)
        answer = RedirectResponse("/review", 303)
        answer.set_cookie(COOKIE, token, httponly=True, samesite="strict")
        return answer

    return enter


async def _choose_language(request: Request) -> Response:
    back = request.query_params.get("back", "/")
    parts = urlsplit(back)
    within = back.startswith("/") and not back.startswith(("//", "/\\")) and not parts.netloc
    answer = RedirectResponse(back if within else "/", 303)
    chosen = request.query_params.get("to", "")
    if chosen in LANGUAGES:
        answer.set_cookie(_LANGUAGE, chosen, max_age=_YEAR, httponly=True, samesite="strict")
    return answer
