"""torch's optimisers without its compiler.

Some of their methods are kept from being compiled, and a step breaks what is. For that the first call imports the
compiler: a second and a half of every fit, in which nothing is compiled.
"""

from __future__ import annotations

import inspect
from typing import TypeVar, cast

import torch
from torch.optim import Optimizer

Kind = TypeVar("Kind", bound=Optimizer)
AS_WRITTEN = ("add_param_group", "state_dict", "load_state_dict")  # zero_grad too: a net's own does the same


def without_compiler(kind: type[Kind]) -> type[Kind]:
    """The same optimiser, with these methods and the step as they are written; steps are never differentiated."""
    methods = {name: inspect.unwrap(getattr(kind, name)) for name in AS_WRITTEN}
    methods["step"] = torch.no_grad()(inspect.unwrap(kind.step))
    return cast(type[Kind], type(kind.__name__, (kind,), {**methods, "__module__": kind.__module__}))
