"""Nets that people bring: a module, a plain function, or "train.py:net", the name of one in a file of theirs."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from goodfit.errors import ModelError
from goodfit.nets.function import FunctionNet

SPEC = re.compile(r"^(?P<file>.+\.py):(?P<name>[A-Za-z_]\w*)$")


def is_spec(text: str) -> bool:
    """Whether a text has the form train.py:net."""
    return SPEC.match(text) is not None


def as_net(model: Any, params: Sequence[Tensor] | None = None) -> nn.Module:
    """What a user gave, as a module.

    Args:
        model: an nn.Module, a plain function of the mini-batch, or "train.py:net" (the file is executed: it is theirs).
        params: the tensors that a plain function uses.

    Raises:
        ModelError: anything else, or a file that cannot be used.
    """
    if isinstance(model, str):
        model, params = load_spec(model)
    if isinstance(model, nn.Module):
        return model
    if callable(model):
        return FunctionNet(model, list(params or []))
    raise ModelError(
        f"a {type(model).__name__} is not a net", mend="Give an nn.Module, or a function with params=[...]"
    )


def load_spec(spec: str) -> tuple[Any, list[Tensor] | None]:
    """The net "file.py:name" with its params: a module, a class or factory without arguments, or a plain function.

    A plain function's parameters are its attribute `params`, or the file's global `params`.
    """
    match = SPEC.match(spec)
    if match is None:
        raise ModelError(f"'{spec}' is not of the form train.py:net", mend="Name the file and the net in it")
    path = Path(match["file"])
    if not path.exists():
        raise ModelError("no such file", where=path, mend="Check the path")
    name = f"_goodfit_user_{path.stem}_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]}"
    source = importlib.util.spec_from_file_location(name, path)
    assert source is not None, path
    assert source.loader is not None, path
    module = importlib.util.module_from_spec(source)
    sys.modules[name] = module
    sys.path.insert(0, str(path.resolve().parent))
    try:
        source.loader.exec_module(module)
    except Exception as error:  # whatever the user's file raises is told as the user's error, with its line
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = lines[-1] if lines else getattr(error, "lineno", None)
        raise ModelError(
            f"the file raised {type(error).__name__}: {error}",
            where=f"{path}, line {line}",
            mend="Mend it and try again",
        ) from error
    finally:
        sys.path.pop(0)
    if not hasattr(module, match["name"]):
        nets = [key for key, value in vars(module).items() if isinstance(value, nn.Module)]
        hint = f"It has {', '.join(nets)}" if nets else "Check the name"
        raise ModelError(f"there is no '{match['name']}' in it", where=path, mend=hint)
    found = getattr(module, match["name"])
    if inspect.isclass(found) and issubclass(found, nn.Module):
        return _made(found, spec), None
    if isinstance(found, nn.Module) or not callable(found):
        return found, None
    params = getattr(found, "params", None) or getattr(module, "params", None)
    if params is None and not _required(found):
        return _made(found, spec), None
    return found, list(params) if params is not None else None


def _required(function: Any) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    return [
        one.name
        for one in parameters
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]


def _made(factory: Any, spec: str) -> Any:
    if _required(factory):
        raise ModelError(
            f"{spec} needs arguments ({', '.join(_required(factory))})",
            mend="Name an instance, or a factory without arguments",
        )
    return factory()


def describe(model: Any) -> str:
    """A net in a few words, for the record: its file and content hash, or its class."""
    if isinstance(model, str):
        path = Path(model.rpartition(":")[0])
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else "missing"
        return f"{model} (sha256 {digest})"
    if isinstance(model, nn.Module):
        return f"{type(model).__module__}.{type(model).__qualname__}"
    return f"function {getattr(model, '__qualname__', type(model).__name__)}"
