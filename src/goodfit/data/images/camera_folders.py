"""Folders that cameras and phones make: called by the day of their images, or numbered. They say when, and not what."""

from __future__ import annotations

from collections.abc import Sequence

from goodfit.lazy_pattern import lazy_pattern

OF_DAYS = lazy_pattern(r"(?:19|20)\d\d[-_. ]?(?:0[1-9]|1[0-2])(?:[-_. ]?(?:0[1-9]|[12]\d|3[01]))?(?!\d).{0,20}")
OF_CAMERAS = lazy_pattern(
    r"(?i)1\d\d(?:_|-)?(?:APPLE|CANON|EOS\w*|NIKON|NCD\d+|ND\d+|D\d{4}|PANA|MSDCF|OLYMP|MEDIA|GOPRO|FUJI|SSCAM|LEICA"
    r"|PHOTO|\d{4})"
)
NAMES_SHOWN = 3


def camera_folders_doubt(names: Sequence[str]) -> tuple[str, str] | None:
    """What is to be said where all classes are called so; None of other classes."""
    for pattern, what in ((OF_DAYS, "days or months"), (OF_CAMERAS, "the numbered folders of a camera")):
        if len(names) > 1 and all(pattern.fullmatch(name) for name in names):
            shown = ", ".join(sorted(names)[:NAMES_SHOWN]) + (", ..." if len(names) > NAMES_SHOWN else "")
            said = f"all classes are called like {what} ({shown}): such folders say when an image was taken"
            return (
                f"{said}, and not what it shows",
                "Sort the images into a folder for each class, or give a CSV of path,label",
            )
    return None
