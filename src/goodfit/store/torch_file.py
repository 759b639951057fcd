"""Tensors of a file that torch.save wrote before version 1.6, read as data: nothing in it is called.

Such a file is a row of pickles, a language that can call any function, and after them the bytes of the tensors. Here
its instructions are parsed (by `pickletools`, which runs none of them), the few that lay out tensors are followed, and
any other is an error.
"""

from __future__ import annotations

import pickletools
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor

from goodfit.errors import ModelError

MAGIC = 0x1950A86A20F9469CFC6C  # the first pickle of every such file
PROTOCOL = 1001
DTYPES = {"torch FloatStorage": torch.float32, "torch LongStorage": torch.int64}
DICT, TENSOR = "collections OrderedDict", "torch._utils _rebuild_tensor_v2"


@dataclass(frozen=True)
class Name:
    """A name of a module's member: "torch FloatStorage". It is never looked up."""

    text: str


@dataclass(frozen=True)
class Layout:
    """Where a tensor lies: the storage with its type, and offset, shape and strides in it."""

    key: str
    dtype: torch.dtype
    numbers: int  # of the storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class Refused(Exception):
    """An instruction that lays out no tensor."""


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a dictionary that torch.save wrote, by name.

    Raises:
        ModelError: another file, a damaged one, or one that holds more than float32 and int64 tensors by name.
    """
    try:
        with path.open("rb") as file:
            if _value(file) != MAGIC or _value(file) != PROTOCOL:
                raise Refused("it does not begin as a file of torch.save")
            if not _value(file)["little_endian"]:
                raise Refused("its bytes are in another order")
            layouts = _value(file)
            if not all(isinstance(layout, Layout) for layout in layouts.values()):
                raise Refused("it holds more than tensors by name")
            return _tensors(layouts, _storages(file, _value(file), layouts))
    except (Refused, OSError, ValueError, LookupError, TypeError, AttributeError, struct.error, RuntimeError) as error:
        # a damaged file leads to any of these; Refused alone has words for people
        why = error if isinstance(error, Refused) else "it is cut off, damaged or laid out in another way"
        raise ModelError(
            f"not a file of tensors that can be read: {why}", where=path, fix="Install or download it again"
        ) from error


def _storages(file: BinaryIO, keys: list[str], layouts: dict[str, Layout]) -> dict[str, Tensor]:
    """The flat tensors after the last pickle: for each key a count of numbers, and their bytes."""
    expected = {each.key: (each.dtype, each.numbers) for each in layouts.values()}
    storages = {}
    for key in keys:
        dtype, numbers = expected[key]
        if struct.unpack("<q", file.read(8))[0] != numbers:
            raise Refused("its tensors have other sizes than it says")
        raw = bytearray(file.read(numbers * dtype.itemsize))
        storages[key] = torch.frombuffer(raw, dtype=dtype, count=numbers) if numbers else torch.empty(0, dtype=dtype)
    return storages


def _tensors(layouts: dict[str, Layout], storages: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        str(name): storages[each.key].as_strided(each.shape, each.strides, each.offset).clone()
        for name, each in layouts.items()
    }


def _value(file: BinaryIO) -> Any:
    """What the next pickle of the file lays out: numbers, texts, tuples, lists, dictionaries, names and layouts."""
    stack: list[Any] = []
    marks: list[int] = []
    memory: dict[int, Any] = {}

    def popped() -> list[Any]:
        """What was laid on the stack since the last mark."""
        start = marks.pop()
        values = stack[start:]
        del stack[start:]
        return values

    for opcode, argument, _ in _instructions(file):
        name = opcode.name
        if name in ("PROTO", "STOP"):
            continue
        if name == "MARK":
            marks.append(len(stack))
        elif name in ("BININT", "BININT1", "BININT2", "LONG1", "BINUNICODE"):
            stack.append(argument)
        elif name == "GLOBAL":
            stack.append(Name(argument))
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name]())
        elif name in ("BINPUT", "LONG_BINPUT"):
            memory[argument] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(memory[argument])
        elif name in ("TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"):
            if name != "TUPLE":
                marks.append(len(stack) - int(name[-1]))
            stack.append(tuple(popped()))
        elif name == "APPENDS":
            values = popped()
            stack[-1].extend(values)
        elif name in ("SETITEM", "SETITEMS"):
            if name == "SETITEM":
                marks.append(len(stack) - 2)
            pairs = popped()
            stack[-1].update(zip(pairs[::2], pairs[1::2], strict=True))
        elif name == "BINPERSID":
            stack.append(_storage(stack.pop()))
        elif name == "REDUCE":
            arguments = stack.pop()
            stack.append(_made(stack.pop(), arguments))
        elif name == "BUILD":
            stack.pop()  # versions of modules, beside the tensors
        else:
            raise Refused(f"instruction {name}")
    return stack[-1]


CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False,
    "EMPTY_TUPLE": tuple, "EMPTY_LIST": list, "EMPTY_DICT": dict,
}  # fmt: skip


def _instructions(file: BinaryIO) -> Iterator[tuple[pickletools.OpcodeInfo, Any, int | None]]:
    return pickletools.genops(file)


def _storage(reference: tuple[Any, ...]) -> tuple[str, torch.dtype, int]:
    """Key, type and count of numbers of a storage that a tensor names."""
    _, kind, key, place, numbers, *_ = reference
    if not isinstance(kind, Name) or kind.text not in DTYPES or place != "cpu":
        raise Refused(f"a tensor of type {getattr(kind, 'text', kind)} on {place}")
    return key, DTYPES[kind.text], numbers


def _made(what: Any, arguments: tuple[Any, ...]) -> Any:
    """What the two calls that are known would make of these arguments."""
    if what == Name(DICT) and arguments == ():
        return {}
    if what == Name(TENSOR):
        (key, dtype, numbers), offset, shape, strides, *_ = arguments
        return Layout(key, dtype, numbers, offset, shape, strides)
    raise Refused(f"a call of {getattr(what, 'text', what)}")
