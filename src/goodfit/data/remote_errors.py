"""What goes wrong between this machine and an address, in one line each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from goodfit.errors import DataError, GoodfitError, UsageError
from goodfit.lazy_pattern import lazy_pattern

PACKAGES = {"gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs", "hf": "huggingface_hub", "sftp": "paramiko"}
NO_PERMISSION = (401, 403)
NOT_TRUSTED = lazy_pattern(r"certificate verify failed: (.+?)[.)]* \(_ssl")  # as OpenSSL says it through Python
LOST = ("Connect", "Timeout", "Payload", "ServerDisconnected", "DNS")  # in names of errors of networks


class UnreachableError(DataError):
    """No network, no answer, a server that is down, a file that ended early: another time it may be there."""


def missing_package(protocol: str) -> UsageError:
    """A protocol whose package is not installed."""
    package = PACKAGES.get(protocol)
    what = f"reading {protocol}:// needs a package that is not installed"
    return UsageError(what, fix=f"pip install {package}" if package else "pip install 'goodfit[remote]'")


class NoPermissionError(DataError):
    """It is not for this user, or not without a key."""


@contextmanager
def fetch_error(address: str) -> Iterator[None]:
    """Raise what a file system says as one clear line.

    Raises:
        DataError: nothing there, no permission, no network.
    """
    try:
        yield
    except GoodfitError:
        raise
    except Exception as error:  # each file system of fsspec has errors of its own
        raise _in_words(error, address) from error


def _in_words(error: BaseException, address: str) -> DataError:
    chain = [error]
    while (cause := chain[-1].__cause__) is not None:  # fsspec's http makes FileNotFoundError of everything
        chain.append(cause)
    kinds = " ".join(type(each).__name__ for each in chain)
    status = next((each.status for each in chain if isinstance(getattr(each, "status", None), int)), None)  # type: ignore[attr-defined]  # looked for
    answer = f" ({status})" if status else ""
    if status in NO_PERMISSION or "Permission" in kinds or "Credentials" in kinds:
        return NoPermissionError(
            f"no permission to read it{answer}", where=address, fix="Check the address and your credentials"
        )
    if (reason := NOT_TRUSTED.search(" ".join(map(str, chain)))) is not None:
        variable = "AWS_CA_BUNDLE" if address.startswith("s3") else "SSL_CERT_FILE"
        return UnreachableError(
            f"it is not read: the certificate of the server is not trusted ({reason[1]})",
            where=address,
            fix=f"Where you trust it, name its file in {variable}",
        )
    lost = any(word in kinds for word in LOST)
    if status in (404, 410) or (status is None and not lost and "NotFound" in kinds):
        return DataError(f"there is no such file{answer}", where=address, fix="Check the address")
    if status is not None:
        return UnreachableError(
            f"it cannot be reached (the server answers {status})", where=address, fix="Try again later"
        )
    host = next((each.host for each in chain if hasattr(each, "host")), None)
    detail = f"no connection to {host}" if host else "no answer" if "Timeout" in kinds else "the connection failed"
    return UnreachableError(f"it cannot be reached ({detail})", where=address, fix="Check the address and the network")
