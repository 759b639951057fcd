"""A page in a real headless Chromium, driven over its debugging pipe: sizes, media, errors, screenshots, paper.

No driver and no library is needed: the DevTools protocol is JSON between zero bytes on two pipes
(chromedevtools.github.io/devtools-protocol).
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
    "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-component-update",
    "--disable-dev-shm-usage",
)  # fmt: skip
SECONDS = 60.0  # for one answer, on a busy machine


def executable() -> str | None:
    """The Chromium of this machine; None where there is none, or no bash to start it."""
    if shutil.which("bash") is None:
        return None
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One tab of a Chromium."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back, self._buffer, self._number = to, back, b"", 0
        self.events: list[dict[str, Any]] = []
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session: str | None = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command to the tab, and its answer."""
        return self._call(method, parameters, self._session)

    def show(
        self, page: Path, *, width: int = 1280, height: int = 900, media: str = "screen", dark: bool = False
    ) -> None:
        """Load a file in a window of this size; what it logs and asks for from then on is in `events`."""
        phone = width < 600
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", media=media, features=scheme)
        self.events.clear()
        self.call("Page.navigate", url=page.resolve().as_uri())
        self._until("Page.loadEventFired")

    def evaluate(self, expression: str) -> Any:
        """The JSON value of an expression; the debugger is not bound by the page's own policy."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def requests(self) -> list[str]:
        """Addresses that the page asked for, itself and what it holds inside left out."""
        urls = [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]
        return [url for url in urls if not url.startswith("data:")][1:]

    def complaints(self) -> list[str]:
        """What stands in the console: errors, warnings, exceptions."""
        texts = [str(e["params"]["entry"]["text"]) for e in self.events if e["method"] == "Log.entryAdded"]
        thrown = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        return texts + [json.dumps(e["params"]) for e in self.events if e["method"] in thrown]

    def screenshot(self, path: Path, *, whole: bool = True, **options: Any) -> Path:
        """A PNG (or, by the name's ending, a JPEG or WebP) of the whole page, or of the window."""
        kind = {".jpg": "jpeg", ".webp": "webp"}.get(path.suffix, "png")
        answer = self.call("Page.captureScreenshot", format=kind, captureBeyondViewport=whole, **options)
        path.write_bytes(base64.b64decode(answer["data"]))
        return path

    def paper(self) -> bytes:
        """The page as a PDF on A4, by the rules for print."""
        self.call("Emulation.setEmulatedMedia", media="", features=[])
        answer = self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=True)
        return base64.b64decode(answer["data"])

    def _call(self, method: str, parameters: Mapping[str, Any], session: str | None = None) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": dict(parameters)}
        if session is not None:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result

    def _until(self, event: str) -> None:
        while not any(each["method"] == event for each in self.events):
            self._next()

    def _next(self) -> dict[str, Any]:
        """The next message; events are kept."""
        ends = time.monotonic() + SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._back], [], [], max(0.0, ends - time.monotonic()))
            piece = os.read(self._back, 1 << 20) if ready else b""
            assert piece, "Chromium gave no answer"
            self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        if "method" in message:
            self.events.append(message)
        return message


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium of its own, with an empty profile, ended afterwards."""
    program = executable()
    assert program is not None, "no Chromium on this machine"
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # the protocol is on the descriptors 3 and 4 of the new process; bash puts ours there (dash has ten alone)
        shell = f'exec 200<&{theirs_in} 201>&{theirs_out} 3<&200 4>&201 200<&- 201>&-; exec "$@"'
        process = subprocess.Popen(
            ["bash", "-c", shell, "bash", program, *FLAGS, f"--user-data-dir={profile}"],
            pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            yield Browser(ours_out, ours_in)
        finally:
            process.terminate()
            process.wait(timeout=SECONDS)
            os.close(ours_out)
            os.close(ours_in)
