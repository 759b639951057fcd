"""Arguments of watched calls by name."""

from __future__ import annotations

import functools
import inspect
from typing import Any


@functools.cache
def signature(function: Any) -> inspect.Signature:
    """As inspect.signature gives it, read once."""
    return inspect.signature(function)


def named(function: Any, args: Any, kwargs: Any) -> dict[str, Any] | None:
    """The arguments of a call by name, with the defaults of those that are not given.

    None where they have no names, since another tool has put a function of any arguments in place of torch's; and where
    they do not fit, which the call itself will say better.
    """
    known = signature(function)
    if any(each.kind is each.VAR_POSITIONAL for each in known.parameters.values()):
        return None
    try:
        bound = known.bind(*args, **kwargs)
    except TypeError:
        return None
    bound.apply_defaults()
    return bound.arguments
