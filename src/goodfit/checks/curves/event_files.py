"""TensorBoard's event files, read without TensorBoard: the numbers that a program logged.

An event file is a row of records (length, checksum, bytes, checksum); each holds an Event in the wire format of
Protocol Buffers. Fields are named in tensorboard/compat/proto/event.proto, summary.proto and tensor.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from goodfit.errors import DataError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
EVENT_STEP, EVENT_SUMMARY = 2, 5
SUMMARY_VALUE = 1
VALUE_TAG, VALUE_NUMBER, VALUE_TENSOR = 1, 2, 8
TENSOR_TYPE, TENSOR_SHAPE, TENSOR_CONTENT, TENSOR_FLOATS, TENSOR_DOUBLES = 1, 2, 4, 5, 6
FLOAT, DOUBLE = 1, 2  # types of a tensor
LARGEST_RECORD = 64 * 2**20  # bytes; larger ones are images, which are passed over

Field = tuple[int, int, int | bytes]  # number, wire type, value


def is_event_file(path: Path) -> bool:
    """Whether a file is named like TensorBoard's."""
    return ".tfevents." in path.name


def scalars(path: Path) -> Iterator[tuple[str, int, float]]:
    """(tag, step, value) of every number in the file, in the order in which they were written.

    A record that is cut off at the end, as by a program that was stopped, ends the file.

    Raises:
        DataError: the file is no event file.
    """
    with path.open("rb") as file:
        first = True
        while len(head := file.read(12)) == 12:
            (length,) = struct.unpack("<Q", head[:8])
            if length > LARGEST_RECORD and first:
                raise DataError("not an event file of TensorBoard", where=path, fix="Give a file that it has written")
            first = False
            if length > LARGEST_RECORD:
                file.seek(length + 4, 1)
                continue
            data = file.read(length)
            if len(data) < length or len(file.read(4)) < 4:
                return
            try:
                yield from _of_event(data)
            except (IndexError, struct.error) as error:
                raise DataError(
                    "a damaged record in this event file of TensorBoard", where=path, fix="Write or copy it again"
                ) from error


def _of_event(data: bytes) -> Iterator[tuple[str, int, float]]:
    step = 0
    for number, _, value in _fields(data):
        if number == EVENT_STEP and isinstance(value, int):
            step = value
        elif number == EVENT_SUMMARY and isinstance(value, bytes):
            for inner, _, entry in _fields(value):
                if inner == SUMMARY_VALUE and isinstance(entry, bytes):
                    named = _of_value(entry)
                    if named is not None:
                        yield named[0], step, named[1]


def _of_value(data: bytes) -> tuple[str, float] | None:
    """Tag and number of a summary's value; None for images, histograms and text."""
    tag, scalar = "", None
    for number, wire, value in _fields(data):
        if number == VALUE_TAG and isinstance(value, bytes):
            tag = value.decode("utf-8", "replace")
        elif number == VALUE_NUMBER and wire == FIXED32 and isinstance(value, bytes):
            (scalar,) = struct.unpack("<f", value)
        elif number == VALUE_TENSOR and isinstance(value, bytes):
            scalar = _of_tensor(value)
    return None if scalar is None else (tag, scalar)


def _of_tensor(data: bytes) -> float | None:
    """The one number of a tensor without dimensions, of single or double precision; None for any other."""
    kind, content, values = 0, b"", b""
    for number, _, value in _fields(data):
        if number == TENSOR_TYPE and isinstance(value, int):
            kind = value
        elif number == TENSOR_SHAPE and value:
            return None
        elif number == TENSOR_CONTENT and isinstance(value, bytes):
            content = value
        elif number in (TENSOR_FLOATS, TENSOR_DOUBLES) and isinstance(value, bytes):
            values = value
    form = {FLOAT: "<f", DOUBLE: "<d"}.get(kind)
    raw = content or values
    if form is None or len(raw) != struct.calcsize(form):
        return None
    number_read: float = struct.unpack(form, raw)[0]
    return number_read


def _fields(data: bytes) -> Iterator[Field]:
    """The fields of a message; IndexError or struct.error where it is damaged."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = _varint(data, at)
            yield number, wire, value
            continue
        if wire == BYTES:
            size, at = _varint(data, at)
        elif wire in (FIXED64, FIXED32):
            size = 8 if wire == FIXED64 else 4
        else:
            raise struct.error(f"wire type {wire}")
        if at + size > len(data):
            raise IndexError(at)
        yield number, wire, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
