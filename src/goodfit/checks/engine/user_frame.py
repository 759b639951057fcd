"""Where in the user's own code something happened: never a line inside torch, goodfit or another installed package."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

PACKAGE_FOLDERS = ("site-packages", "dist-packages")  # also those of the user's site and of a parent environment


class Place(NamedTuple):
    """A file, as seen from the working folder, and a line; None where no frame is the user's."""

    file: str | None
    line: int | None


@cache
def _foreign() -> tuple[str, ...]:
    """Beginnings of paths whose code is not the user's."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    own = Path(__file__)  # also where it is reached through a link
    folders = {sysconfig.get_paths()[name] for name in names} | {str(own.parents[2]), str(own.resolve().parents[2])}
    torch = sys.modules.get("torch")
    if torch is not None and torch.__file__:
        folders.add(str(Path(torch.__file__).parent))
    return tuple(sorted(f"{folder}{os.sep}" for folder in folders))  # not goodfit_demo/ beside goodfit/


@cache
def is_users(filename: str) -> bool:
    """Whether a code object's file belongs to the user."""
    generated = filename.startswith(("<frozen", "<string>", "<attrs", "<eval", "<__array", "<goodfit"))
    installed = any(f"{os.sep}{folder}{os.sep}" in filename for folder in PACKAGE_FOLDERS)
    return not generated and not installed and not filename.startswith(_foreign())


def user_place(within: CodeType | None = None) -> Place:
    """The innermost line of the user's code that is being executed in this thread.

    Args:
        within: look no further out than a function with this code.
    """
    frame = user_frame(within)
    return Place(None, None) if frame is None else Place(shown(frame.f_code.co_filename), frame.f_lineno)


def user_frame(within: CodeType | None = None) -> FrameType | None:
    """The innermost function of the user's code that is being executed in this thread; argument as of `user_place`."""
    return next(users_frames(within), None)


def users_frames(within: CodeType | None = None) -> Iterator[FrameType]:
    """The functions of the user's code that are being executed in this thread, the innermost first.

    Args:
        within: look no further out than a function with this code.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code is not within:
        if is_users(frame.f_code.co_filename):
            yield frame
        frame = frame.f_back


def names_of(thing: object) -> set[str]:
    """What the user's code calls an object, in all functions that are being executed in this thread.

    Variables, attributes of `self`, and keys of dictionaries such as loaders["val"].
    """
    names: set[str] = set()
    for frame in users_frames():
        for known in (frame.f_locals, frame.f_globals, getattr(frame.f_locals.get("self"), "__dict__", {})):
            for name, value in list(known.items()):
                if value is thing:
                    names.add(name)
                elif type(value) is dict:
                    names.update(str(key) for key, each in list(value.items()) if each is thing)
    return names


def shown(filename: str) -> str:
    """The path from the working folder where it lies inside, else as it is."""
    try:
        return _from(os.getcwd(), filename)  # noqa: PTH109  # asked at nearly every event: a Path costs 100 times as much
    except OSError:  # the working folder is gone
        return filename


@cache
def _from(working_folder: str, filename: str) -> str:
    folder, path = Path(working_folder), Path(filename).resolve()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else filename
