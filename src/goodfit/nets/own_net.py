"""Nets that people bring: a module, a plain function, or "train.py:net", the name of one in a file of theirs.

Naming a file executes it, as `python train.py` would, except for what stands under `if __name__ == "__main__"`.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from torch import Tensor, nn

from goodfit.errors import ModelError
from goodfit.formatting import type_named
from goodfit.lazy_pattern import lazy_pattern
from goodfit.nets.architecture import names
from goodfit.nets.function_net import FunctionNet

SPEC = lazy_pattern(r"^(?P<file>.+\.py):(?P<name>[A-Za-z_]\w*)$")


def is_spec(text: str) -> bool:
    """Whether a text has the form train.py:net."""
    return SPEC.match(text) is not None


def as_net(model: Any, params: Sequence[Tensor] | Tensor | None = None) -> nn.Module:
    """What a user gave, as a module.

    Args:
        model: an nn.Module, a plain function of the mini-batch, or "train.py:net" (the file is executed: it is theirs).
        params: the tensors that a plain function uses.

    Raises:
        ModelError: anything else, or a file that cannot be used.
    """
    if params is not None and (isinstance(model, str | nn.Module) or not callable(model)):
        raise ModelError("params are for a plain function alone", fix="Leave params out")
    name = type_named(model)
    if isinstance(model, str):
        name = model
        model, params = load_spec(model)
    if isinstance(model, nn.Module):
        return model
    if inspect.isclass(model):
        raise ModelError(f"{model.__name__} is a class, not a net made of it", fix=f"Give {model.__name__}(...)")
    if callable(model):
        return FunctionNet(model, [] if params is None else params)
    raise ModelError(f"{name} is not a net", fix="Give an nn.Module, or a function with params=[...]")


def load_spec(spec: str) -> tuple[Any, Sequence[Tensor] | Tensor | None]:
    """The net "file.py:name" with its params: a module, a class or factory without arguments, or a plain function.

    A plain function's parameters are its attribute `params`, or the file's global `params`. The file is executed
    under a private module name, with its folder first on sys.path while it runs.

    Raises:
        ModelError: no such file or name, or an exception inside the file, told with its line.
    """
    match = SPEC.match(spec)
    if match is None:
        known = spec in names()
        fix = f"Give arch={spec!r}" if known else "Name the file and the net in it; arch= names an architecture"
        raise ModelError(f"'{spec}' is not of the form train.py:net", fix=fix)
    path = Path(match["file"])
    if not path.is_file():
        raise ModelError("no such file", where=path, fix="Check the path")
    with _told_as_theirs(path):
        module = _execute(path)
    name = match["name"]
    if not hasattr(module, name):
        raise ModelError(f"there is no '{name}' in it", where=path, fix=_hint(module, name))
    found = getattr(module, name)
    if isinstance(found, nn.Module) or not callable(found):
        return found, None
    if inspect.isclass(found) or (getattr(found, "params", None) is None and not _required(found)):
        if _required(found):
            raise ModelError(
                f"'{name}' needs arguments ({', '.join(_required(found))})",
                where=path,
                fix="Name an instance of it, or a factory without arguments",
            )
        with _told_as_theirs(path):
            found = found()
    if isinstance(found, nn.Module) or not callable(found):
        return found, None
    params = getattr(found, "params", None)
    if params is None:
        params = getattr(module, "params", None)
    if params is None:
        raise ModelError(
            f"'{name}' is a plain function, and its parameters are not named",
            where=path,
            fix=f"Add {name}.params = [w, b], or a global params = [w, b]",
        )
    return found, params if isinstance(params, Tensor) else list(params)


def describe(model: Any) -> str:
    """A net in a few words, for the record: its file and content hash, or its class."""
    if isinstance(model, str):
        path = Path(model.rpartition(":")[0])
        return f"{model} (sha256 {sha256(path)[:12] if path.is_file() else 'missing'})"
    if isinstance(model, nn.Module):
        return f"{type(model).__module__}.{type(model).__qualname__}"
    return f"function {getattr(model, '__qualname__', type(model).__name__)}"


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content, 64 hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _execute(path: Path) -> ModuleType:
    """Run a file as a module. Its bytes are compiled afresh: a stale __pycache__ cannot stand in for them."""
    file = path.resolve()
    name = f"_goodfit_user_{file.stem}_{hashlib.sha256(str(file).encode()).hexdigest()[:8]}"
    code: CodeType = compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None, file  # None only for an ending that is not Python's
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and the like look their own module up there
    try:
        exec(code, module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    return module


@contextmanager
def _told_as_theirs(path: Path) -> Iterator[None]:
    """Run a user's code with its folder on sys.path; whatever it raises is named as theirs, with file and line."""
    folder = str(path.resolve().parent)
    sys.path.insert(0, folder)
    try:
        yield
    except (Exception, SystemExit) as error:
        fix = "Fix it and try again"
        if isinstance(error, SystemExit):
            fix = 'Put what ends the program under if __name__ == "__main__"'
        raise ModelError(
            f"the file raised {type(error).__name__}: {error}", where=_place(path, error), fix=fix
        ) from error
    finally:
        if folder in sys.path:  # the file may have changed the path itself
            sys.path.remove(folder)


def _place(path: Path, error: BaseException) -> str:
    """The file as the user named it, with the line that raised; another file where a syntax error is in that one."""
    if isinstance(error, SyntaxError) and error.filename:
        own = Path(error.filename) == path.resolve()
        return f"{path if own else error.filename}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path.resolve())]
    return f"{path}, line {lines[-1]}" if lines else str(path)


def _hint(module: ModuleType, name: str) -> str:
    """What may have been meant: the nearest name of the file, or the nets in it."""
    own = [
        key
        for key, value in vars(module).items()
        if isinstance(value, nn.Module) or (callable(value) and getattr(value, "__module__", None) == module.__name__)
    ]
    near = difflib.get_close_matches(name, own, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    return f"{hint}It has {', '.join(own)}" if own else "Check the name"


def _required(function: Callable[..., Any]) -> list[str]:
    """Names of the arguments that have to be given."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # some functions written in C have no signature: such a one takes the mini-batch
        return ["x"]
    return [
        one.name
        for one in parameters
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]
