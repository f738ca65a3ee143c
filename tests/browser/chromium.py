"""A real Chromium, and everything it does that a page could have made it do, written down."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, sync_playwright

REQUIRED = "GLEANINGS_REQUIRE_CHROMIUM"
"""Set where a missing Chromium is a failure and no reason to skip."""
NARROW = {"width": 360, "height": 740}
"""A small telephone, held upright; in CSS pixels."""
WIDE = {"width": 1280, "height": 900}
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def program() -> Path | None:
    """The browser that is installed on this machine; None: there is none."""
    found = (shutil.which(name) for name in _NAMES)
    return next((Path(path) for path in found if path is not None), None)


class Outside:
    """All the world but this machine: a proxy that keeps the first line of what it is asked, and
    answers nobody. It hears also what pages ask without any request that a test could see:
    preconnects, prefetches, beacons."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._hear, args=(connection,), daemon=True).start()

    def _hear(self, connection: socket.socket) -> None:
        # browsers also open connections ahead of need, and say nothing
        with connection, suppress(OSError):
            connection.settimeout(60)
            if line := connection.recv(4096).split(b"\r\n")[0]:
                self.asked.append(line.decode("latin-1"))

    def close(self) -> None:
        # a listener that is only closed goes on waiting
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@contextmanager
def started(path: Path, outside: Outside) -> Iterator[Browser]:
    """Chromium without a window. Whatever it asks of another machine, it asks of `outside`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, proxy={"server": outside.address, "bypass": "127.0.0.1"}
        )
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """One page in a context of its own: what it asked for, said, opened and failed at."""

    def __init__(self, browser: Browser, outside: Outside, **context: Any) -> None:
        self.asked: list[str] = []
        """Every address that was asked for, the page's own too."""
        self.troubles: list[str] = []
        """What no page of ours does: errors, anything on the console, dialogs, windows, files."""
        self._outside, self._before = outside, len(outside.asked)
        self.context: BrowserContext = browser.new_context(
            **{"viewport": WIDE, "reduced_motion": "reduce"} | context
        )
        self.context.set_default_timeout(10_000)
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("console", self._console)
        self.context.on("dialog", self._dialog)
        self.context.on("weberror", lambda error: self.troubles.append(f"error: {error.error}"))
        self.page = self.context.new_page()
        self.context.on("page", lambda page: self.troubles.append(f"window: {page.url}"))
        self.page.on("download", lambda file: self.troubles.append(f"download: {file.url}"))

    def _console(self, message: ConsoleMessage) -> None:
        self.troubles.append(f"console: {message.type}: {message.text}")

    def _dialog(self, dialog: Dialog) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    @property
    def left(self) -> list[str]:
        """What was asked of other machines that tests name, all of them under ``.example``, since
        this visit began; a browser asks its maker's machines for things of its own."""
        return [each for each in self._outside.asked[self._before :] if ".example" in each]

    def open(self, address: str) -> None:
        self.page.goto(address, wait_until="load")

    def close(self) -> None:
        self.context.close()
