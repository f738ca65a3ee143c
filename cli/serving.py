"""``glean serve``: the local page."""

import asyncio
import ipaddress
import secrets
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import ConfigFile, Debug, StoreUrl
from cli.place import Place, place
from cli.standing import told_of
from cli.terminal import say, tell
from records import InputError, UsageError

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from storage.captures import Captured

PORT = 8765


def serve(
    port: Annotated[
        int, typer.Option("--port", metavar="P", min=0, max=65535, help="0: one that is free.")
    ] = PORT,
    host: Annotated[
        str,
        typer.Option("--host", metavar="ADDRESS", help="IP address of this machine to listen at."),
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="NAME", help="Host name by which others may ask for it."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Let whoever has the printed address answer reviews.")
    ] = False,
    store: StoreUrl = None,
    config: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """Show the store in a browser: search, similar literature, clusters, review, runs, sources."""
    from web.app import make

    found = place(config, store)
    address = _address(host)
    with _listening(address, port) as listens:
        token = secrets.token_urlsafe(24) if write else None
        app = make(
            found.url,
            write_token=token,
            related_folder=found.config.store.related_folder(found.url),
            names=[*(name or ()), *([] if address.is_loopback else ["*"])],
            status=lambda opened: told_of(found, opened).json(),
            bodies=lambda page: _body(found, page),
        )
        shown = f"[{address}]" if address.version == 6 else str(address)
        url = f"http://{shown}:{listens.getsockname()[1]}/"
        tell(f"serving {url}")
        if token is not None:
            tell(f"to answer reviews open {url}enter?token={token}")
        if not address.is_loopback:
            say("whoever reaches this address reads the whole store; nothing is encrypted")
        _run(app, listens)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError as error:
        raise UsageError(
            f"--host {host}: is no IP address; write 127.0.0.1, or 0.0.0.0 for all of this machine"
        ) from error


def _listening(address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int) -> socket.socket:
    """Raises InputError where another program is there."""
    listens = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET)
    try:
        listens.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listens.bind((str(address), port))
        listens.listen(128)
    except OSError as error:
        listens.close()
        raise InputError(
            f"{address}, port {port}: cannot be served: {error.strerror}; name another with --port"
        ) from error
    return listens


def _run(app: "Starlette", listens: socket.socket) -> None:
    """Until Ctrl-C or SIGTERM."""
    import uvicorn

    class Server(uvicorn.Server):
        """Ends at a signal as a command does: requests under way are answered, status 0."""

        async def serve_until_signalled(self) -> None:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self.handle_exit, number, None)
            await self._serve([listens])

    server = Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            limit_concurrency=64,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=5,
        )
    )
    asyncio.run(server.serve_until_signalled())


def _body(found: Place, page: "Captured") -> bytes:
    """Raises InputError where the archive does not hold it whole, FetchFailed."""
    from crawler.capture import body_of
    from storage.archive import read_exchange

    archive = found.config.store.archive
    if page.place is None or not archive:
        raise InputError(f"page {page.id}: was not archived")
    return body_of(read_exchange(Path(archive), page.place))
