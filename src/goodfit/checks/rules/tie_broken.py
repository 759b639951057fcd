"""tie-broken: two layers are to share their weights, and one of them is given new ones after that.

What it checks
    __init__ of a net says self.a.weight = self.b.weight, outside of any condition, and when the net is first called,
    the two are different parameters.

Why it hurts
    What stands after the tie (a new embedding, an initialisation that makes new parameters, weights of a file) takes
    the weights of one side away. The output layer learns for itself, and the net has many more parameters.

Example
    self.decoder.weight = self.encoder.weight
    self.encoder = nn.Embedding.from_pretrained(vectors, freeze=False)

Instead
    self.encoder = nn.Embedding.from_pretrained(vectors, freeze=False)
    self.decoder.weight = self.encoder.weight

When it is a false alarm
    Layers that share their first weights alone, on purpose.

Cost
    The file of a net's class is parsed once, at its first call.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from goodfit.checks.engine.events import NetCall
from goodfit.checks.engine.modules import own_parameter
from goodfit.checks.engine.own_source import body_of, file_around
from goodfit.checks.engine.user_frame import Place, is_users
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

NETS_AT_MOST = 8


class TieBroken(LiveRule):
    code, level = "GF579", Level.WARNING

    def start(self) -> None:
        self.seen: set[int] = set()  # ids of nets
        self.ties: dict[type, list[tuple[str, str, Place]]] = {}

    def on_net_call(self, event: NetCall) -> Iterator[Finding]:
        if id(event.module) in self.seen or len(self.seen) >= NETS_AT_MOST or not event.grad:
            return
        self.seen = {*self.seen, id(event.module)}
        for module in event.module.modules():
            kind = type(module)
            if kind not in self.ties:
                self.ties[kind] = list(_ties(kind))
            for one, other, place in self.ties[kind]:
                left, right = _parameter(module, one), _parameter(module, other)
                if _are_apart(left, right):
                    yield self.finding(
                        f"self.{one} was to be self.{other}, and in {kind.__name__} they are two parameters: one was "
                        "replaced after the tie",
                        "Tie them last, after layers are made and initialised",
                        file=place.file,
                        line=place.line,
                    )


def _are_apart(one: Tensor | None, other: Tensor | None) -> bool:
    """Whether two parameters of one shape have memory of their own."""
    if one is None or other is None or is_lazy(one) or is_lazy(other):
        return False
    return one is not other and one.data_ptr() != other.data_ptr() and one.shape == other.shape


def _ties(kind: type) -> Iterator[tuple[str, str, Place]]:
    """What __init__ of a class of the program sets to be one parameter, each with its line."""
    init = vars(kind).get("__init__")
    code = getattr(init, "__code__", None)
    if code is None or not is_users(code.co_filename):
        return
    place = Place(code.co_filename, code.co_firstlineno)
    for statement in body_of(file_around(place), code):
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = ast.unparse(statement.targets[0]), ast.unparse(statement.value)
            own = f"{code.co_varnames[0]}."
            if _is_weight(target, own) and _is_weight(value, own):
                yield target.removeprefix(own), value.removeprefix(own), Place(place.file, statement.lineno)


def _is_weight(text: str, own: str) -> bool:
    return text.startswith(own) and text.endswith(".weight") and text.replace(".", "").isidentifier()


def _parameter(module: nn.Module, path: str) -> Tensor | None:
    """The parameter at a path such as decoder.weight; None where there is none."""
    *parts, name = path.split(".")
    owner: nn.Module | None = module
    for part in parts:
        owner = None if owner is None else owner._modules.get(part)
    return None if owner is None else own_parameter(owner, name)
