"""Servers on this machine for data at addresses: http, https with a certificate of its own, and buckets of S3."""

from __future__ import annotations

import functools
import http.server
import io
import shutil
import ssl
import subprocess
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, with the server's list of what was asked."""

    def do_GET(self) -> None:
        self.server.asked.append(f"GET {self.path}")  # type: ignore[attr-defined]  # of Server
        if "forbidden" in self.path:
            self.send_error(403)
        elif "broken" in self.path:
            self.send_error(503)
        elif "short" in self.path:
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"x" * 60)
        else:
            super().do_GET()

    def log_message(self, *words: Any) -> None:
        """Nothing."""


class Server(http.server.ThreadingHTTPServer):
    """A server that keeps what it was asked."""

    asked: list[str]


@contextmanager
def serving(folder: Path, certificate: Path | None = None) -> Iterator[tuple[str, Server]]:
    """The address of a folder, and its server.

    Args:
        certificate: a PEM file of certificate and key, for https; http when None.
    """
    folder.mkdir(exist_ok=True)
    server = Server(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    server.asked = []
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))  # looks for its end so often
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://localhost:{server.server_port}", server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def own_certificate(path: Path) -> Path:
    """A certificate of localhost that it signs itself, and its key, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the command openssl is not there: it makes the certificate of a server")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    request = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*request, "-keyout", path, "-out", path.with_suffix(".crt")], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    return path


@contextmanager
def bucket(name: str, files: Mapping[str, bytes]) -> Iterator[Any]:
    """An empty S3 of one bucket with these files, by moto; the file system of fsspec that reaches it."""
    pytest.importorskip("s3fs", reason="s3fs is not installed: pip install 'goodfit[remote]'")
    moto = pytest.importorskip(
        "moto.server", reason="the server of buckets is not installed: pip install 'moto[server]'"
    )
    import fsspec

    server = moto.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        system = fsspec.filesystem("s3", skip_instance_cache=True)
        type(system).clear_instance_cache()  # of another server
        system.mkdir(name)
        for path, data in files.items():
            system.pipe(f"{name}/{path}", data)
        try:
            yield system
        finally:
            server.stop()


def png(value: int) -> bytes:
    """A grey image of 20 x 20 pixels."""
    file = io.BytesIO()
    Image.fromarray(np.full((20, 20, 3), value, dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def tar(members: Mapping[str, bytes]) -> bytes:
    """A tar archive of these files."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return file.getvalue()
