"""Images: class folders, with or without train/valid/test above them, or a CSV of path,label."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from goodfit.data.images.find import find, images_in
from goodfit.data.images.formats import image_endings
from goodfit.data.images.image_source import RESIZE, STREAM
from goodfit.data.images.label_cells import is_label_list, is_table_list
from goodfit.data.images.label_list import ListOptions, lists_images
from goodfit.data.images.label_tags import TAGS
from goodfit.data.images.labelled_source import SIZE, LabelledImages
from goodfit.data.images.layout import LAYOUT
from goodfit.data.images.tree import annotated_by
from goodfit.data.source import Claim, Strength
from goodfit.data.tables.reading import Dialect, is_table
from goodfit.errors import DataError, UsageError
from goodfit.formatting import counted
from goodfit.options import Option
from goodfit.table_options import DIALECT, TARGET

HOW_LISTS_ARE_WRITTEN = ("header", "separator", "encoding", "fill_gaps", "sheet")
LIST_DIALECT = tuple(option for option in DIALECT if option.name in HOW_LISTS_ARE_WRITTEN)  # as of tables
LISTS_TRIED = 20  # beside images without labels


class Images(LabelledImages):
    """A source of images with labels; see `images`."""

    kind = "images"
    options = (
        SIZE,
        RESIZE,
        STREAM,
        Option(
            "group",
            str,
            "Keep images of one group in one part: a column of the CSV, or a pattern such as '{group}/*'.",
            "Images",
        ),
        LAYOUT,
        Option("path", str, "The column of a list that holds the paths of the images [by its cells].", "Images"),
        TARGET,
        TAGS,
        *LIST_DIALECT,
    )

    @classmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        """Any folder, an image, or a CSV that lists images."""
        if path.is_dir():
            return Claim(Strength.GENERIC, "it is a folder")
        ending = path.suffix.lower()
        if ending in image_endings():
            return Claim(Strength.ENDING, f"its name ends in {ending}")
        listed = lists_images(path, given.get("separator") or ",", given.get("encoding"), given.get("sheet"))
        if listed is None:
            return Claim(Strength.OPTION, "--path is given") if "path" in given else None
        own = {option.name for option in cls.options}
        if listed == "files" and own.issuperset(given):
            if "target" in given or "path" in given:
                option = "target" if "target" in given else "path"
                return Claim(Strength.OPTION_AND_CONTENT, f"--{option} is given, and it names images that are there")
            if is_table_list(path):
                return Claim(Strength.OPTION_AND_CONTENT, "it names images that are there")
        return Claim(Strength.CONTENT, "it names images")


def images(
    data: str | os.PathLike[str],
    *,
    valid: str | os.PathLike[str] | None = None,
    test: str | os.PathLike[str] | None = None,
    size: int | str | None = None,
    resize: str | None = None,
    stream: bool | None = None,
    group: str | None = None,
    layout: str | None = None,
    path: str | None = None,
    target: str | None = None,
    tags: str | None = None,
    header: bool | None = None,
    separator: str | None = None,
    encoding: str | None = None,
    fill_gaps: bool | None = None,
    sheet: str | None = None,
) -> Images:
    """Images in class folders, or in a list of paths and labels.

    Args:
        data: a folder with a folder for each class; or with train/, valid/ (val/) and test/ above the classes; or a
            list (CSV and its relatives, Excel, Parquet, JSON lines) with a column of paths and one of labels, or a
            column of 0 and 1 for each class; a column part or split names the part. A folder of images without class
            folders is data to predict.
        valid, test: further places of the same kind, whose images are the validation or test part.
        size: side in pixels, or "240x180", as the net sees them; chosen from the images when None.
        resize: crop (the middle), squash or pad, for images of another shape; when None, photos for a pretrained net
            are seen whole (pad, or squash where the folds say so), and others cropped.
        stream: decode images each time they are read and keep none decoded; when None, where the cache has no room.
        group: images of one group stay in one part: a column of the list, or a pattern with {group} matched against
            the end of the path, such as "{group}/*" (the image's own folder) or "{group}_*.jpg".
        layout: what the folders are, where it is not clear: parts or classes; files where their names begin with the
            classes.
        path, target: columns of the list: of the paths, and of the labels.
        tags: what separates several labels of one image: bar, semicolon, comma or space; none: each has one.
        header, separator, encoding, fill_gaps, sheet: how a list is written, as for tables; detected when None.

    Raises:
        DataError: nothing to read there.
    """
    root = Path(data)
    of_lists = {"path": path, "target": target, "tags": tags, "header": header, "separator": separator}
    for name, value in (of_lists | {"encoding": encoding, "fill-gaps": fill_gaps, "sheet": sheet}).items():
        if value is not None and not is_label_list(root):
            tables = sorted(path.name for path in root.iterdir() if is_table(path)) if root.is_dir() else []
            if tables:
                what = f"this is a folder with {counted(len(tables), 'table')}, such as {tables[0]}; give one file"
                raise UsageError(what, where=root, fix="Put them together, where they are one")
            if root.is_dir() and not images_in(root):
                what, fix = "this is a folder without images or a table", "Give the file or folder of the data"
                raise UsageError(what, where=root, fix=fix)
            raise UsageError(f"--{name} is for a list of images and labels", where=root, fix="Leave it out")
    columns = ListOptions(
        path, target, TAGS.checked(tags), Dialect(header, separator, encoding, bool(fill_gaps), sheet)
    )
    layout = LAYOUT.checked(layout)
    listing = find(root, group, layout=layout, columns=columns)
    for part, place in (("valid", valid), ("test", test)):
        if place is not None:
            more = find(Path(place), group, layout=layout, columns=columns)
            if is_table(Path(place)) and not is_table(root) and not lists_images(Path(place)):
                raise DataError("this is a table, and the data are images", where=place, fix="Give images as well")
            if all(label is None for label in more.labels) and any(label is not None for label in listing.labels):
                raise DataError(
                    "its images have no labels", where=place, fix=f"Leave --{part} out; goodfit predict reads them"
                )
            listing.join(more, part, valid_given=valid is not None)
    listing.respell_parts()
    annotations = annotated_by(listing.left_out.endings, len(listing.keys))
    one_each = 2 * sum(listing.left_out.endings[ending] for ending in (".xml", ".txt", ".json")) >= len(listing.keys)
    asked = listing.question is not None and one_each  # images/train and labels/train of boxes: neither is a class
    if annotations is not None and (asked or len(set(map(str, listing.labels))) == 1):  # JPEGImages beside Annotations
        listing.labels, listing.question = [None] * len(listing.keys), None
    labelled = any(label is not None for label in listing.labels)
    settings = {"size": size, "resize": resize, "stream": stream}
    source = Images(listing, settings, root.resolve().stem)
    if not labelled and root.is_dir():
        beside = (path for path in root.iterdir() if path.is_file() and is_label_list(path))
        files = sorted(path for path in beside if not is_table_list(path))[:LISTS_TRIED]
        source.label_list = next((path for path in files if lists_images(path)), None)
        source.annotations = annotations
    return source
