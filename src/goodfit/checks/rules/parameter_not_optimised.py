"""parameter-not-optimised: parameters get gradients and no optimiser holds them.

What it checks
    At the end: trainable parameters that no optimiser ever held and whose values never changed, while at least three
    steps of an optimiser used gradients of losses that reach them too: of a net of which other parameters are
    optimised, of one that feeds such a net, or of a loss with weights of its own. Or of a net that follows such a net
    as its head, where no weights were loaded into it: the program calls its zero_grad(), or it is called once in each
    pass and always in training mode; a warning. Tensors with requires_grad=True that
    a module keeps as plain attributes are such parameters, and so are single numbers (loss weights) outside of modules.
    Or parameters that were frozen when the present optimiser was made, have gradients since, and do not move.

Why it hurts
    They keep their random initial values, and the rest of the net learns around them.

Example
    optimizer = torch.optim.Adam(model.encoder.parameters())     # and the decoder?
    model.fc = nn.Linear(512, 10)                                # after the optimiser was made

Instead
    Create the optimiser last, with model.parameters(); freeze a part with requires_grad_(False).

When it is a false alarm
    Parts that are frozen on purpose: use requires_grad_(False), which saves their gradients too. Nets that only score
    the output of an optimised one (a perceptual loss) are not reported, nor are gradients that no step uses (Fisher
    information, attributions). A head with random weights that is not to learn. Where weights were loaded into the
    part, it is a warning.

Cost
    Names and flags of the parameters in the first steps.
"""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import (
    BackwardBegins,
    BackwardEnded,
    Call,
    NetCall,
    NewOptimiser,
    Step,
    WatchEnds,
    Weights,
    Zero,
    params_of,
)
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.engine.where_made import layer_made_at
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
NO_NET = 0  # in the place of a net's id
NAMES_SHOWN = 3
NUMBERS_AT_MOST = 16  # of a plain tensor outside of modules: loss weights, and no points of a grid
INPUT_NODES = 200  # of the graph behind an input


@dataclass
class ParameterRecord:
    """Of a parameter: where it belongs, how many steps used a loss that reaches it, and what it was at first.

    Attributes:
        plain: whether it is a tensor that is no nn.Parameter.
        place: the line of the first backward that reached it; of a plain tensor the line that keeps it in its module.
    """

    param: weakref.ref[Tensor]
    name: str
    net: int
    value: float
    plain: bool
    place: Place
    loaded: bool  # weights had been loaded into it; the parameter may be gone when that is asked
    steps: int = 0


class ParameterNotOptimised(LiveRule):
    code, level = "GF302", Level.ERROR
    yields_to = ("loss-detached", "optimizer-never-steps", "unregistered-module", "scaler-never-steps")
    sleepless = (NewOptimiser,)

    def start(self) -> None:
        self.records: dict[int, ParameterRecord] = {}
        self.pending: set[int] = set()  # records that backwards reached since the last step,
        self.reached: set[int] = set()  # and parameters of optimisers that the same backwards reached
        self.order: list[int] = []  # nets since the last backward, as they were called
        self.feeds: set[tuple[int, int]] = set()  # (net, a net called after it)
        self.loss_nets: set[int] = set()  # nets that are given losses, or are losses with weights
        self.held: dict[int, weakref.ref[Tensor]] = {}  # what optimisers hold or held; a number may be given again
        self.optimised: set[int] = set()  # nets of which a parameter is held by an optimiser
        self.frozen: set[int] = set()  # parameters that required no gradient when an optimiser was made
        self.loaded: set[int] = set()  # parameters that weights were loaded into
        self.loaded_nets: set[int] = set()
        self.data: set[int] = set()  # leaves that are, or lead to, inputs of nets
        self.scoring: set[int] = set()  # nets that are called several times in a pass, or without gradients in it
        self.cleared: set[int] = set()  # nets whose zero_grad() was called
        self.places: dict[int, Place] = {}  # of the last calls of nets
        self.lines: dict[int, Place] = {}  # that made the optimisers of parameters,
        self.makers: dict[int, Place] = {}  # and of nets
        self.made: Counter[tuple[int, str]] = Counter()  # objects of one name in one net that had gradients,
        self.used: Counter[tuple[int, str]] = Counter()  # and steps after which they did

    def on_call(self, event: NetCall) -> None:
        if not event.grad or not event.training:
            self.scoring |= {id(event.module)} if event.training or event.grad else set()
        if not event.grad:
            return
        self.scoring |= {id(event.module)} & set(self.order)
        self.order.append(id(event.module))
        if (event.inputs and all(x.dim() == 0 for x in event.inputs)) or _is_loss(event):
            self.loss_nets.add(id(event.module))
        for x in event.inputs:
            self.data |= _data_leaves(x)
        if self.program.last_call is not None:
            self.places[id(event.module)] = self.program.last_call.place

    def on_new_optimiser(self, event: NewOptimiser) -> None:
        params = {id(param): param for net in self.program.nets for param in net.parameters()}
        self.frozen -= {id(param) for param in params_of(event.optimiser)}
        self.frozen |= {key for key, param in params.items() if not param.requires_grad}

    def on_weights(self, event: Weights) -> None:
        if event.action == "load_state_dict" and event.module is not None:
            self.loaded |= {id(param) for param in event.module.parameters()}
            self.loaded_nets |= {id(part) for part in event.module.modules()}

    def before_backward(self, event: BackwardBegins) -> None:
        held = self.program.optimised()
        self.held |= {id(leaf): weakref.ref(leaf) for leaf in event.leaves if id(leaf) in held}
        # a former optimiser that nobody uses any more may still hold what the present one left out as frozen
        unheld = [leaf for leaf in event.leaves if id(leaf) not in held or id(leaf) in self.frozen]
        self.reached |= {id(leaf) for leaf in event.leaves} & held
        if not unheld:
            return
        names = {id(param): (name, id(net)) for net in self.program.nets for name, param in net.named_parameters()}
        for leaf in unheld:
            name, net = names.get(id(leaf), ("", NO_NET))
            if not name:
                name, net = self._name(leaf)
            if name:
                self._note(leaf, name, net)

    def _name(self, leaf: Tensor) -> tuple[str, int]:
        """Of a leaf that is no parameter of a net, and the net that it belongs to; no name for what is data."""
        if isinstance(leaf, nn.Parameter):
            return f"one of shape {tuple(leaf.shape)} that is in no module", NO_NET
        for net in self.program.nets:
            for prefix, part in net.named_modules():
                for name, value in vars(part).items():
                    if not name.startswith("_") and any(each is leaf for each in tensors(value, 2)):
                        dotted = f"{prefix}.{name}" if prefix else name
                        return f"{dotted} (a plain tensor, no nn.Parameter)", id(net)
        if leaf.dim() <= 1 and leaf.numel() <= NUMBERS_AT_MOST and id(leaf) not in self.data:
            return f"a tensor of shape {tuple(leaf.shape)} that is in no module", NO_NET
        return "", NO_NET

    def _note(self, param: Tensor, name: str, net: int) -> None:
        """A backward reaches it; where it has moved since, it is trained by hand."""
        values = param.detach()
        value = float((values.abs() if values.is_complex() else values).double().sum())
        record = self.records.get(id(param))
        if record is None or record.param() is not param:
            plain = not isinstance(param, nn.Parameter)
            place = self._kept_at(name.split(" ")[0], net) if plain else user_place()
            record = ParameterRecord(weakref.ref(param), name, net, value, plain, place, id(param) in self.loaded)
            self.records[id(param)] = record
            self.made[net, name] += 1
        else:
            if record.net == NO_NET:  # its net may have been called in the rules' sleep, before this pass woke them
                record.name, record.net = name, net
            if value != record.value:
                record.steps = -(10**6)
        self.pending.add(id(param))

    def _kept_at(self, name: str, net: int) -> Place:
        """The line of a plain tensor that is an attribute of a net, or of a part of it; else the line that runs."""
        owner = next((each for each in self.program.nets if id(each) == net), None)
        made = Place(None, None) if owner is None else layer_made_at(owner, name)
        return self.places.get(net, user_place()) if made.line is None else made

    def after_backward(self, event: BackwardEnded) -> None:
        first = {net: at for at, net in reversed(list(enumerate(self.order)))}
        last = {net: at for at, net in enumerate(self.order)}
        self.feeds |= {(a, b) for a in first for b in last if first[a] < last[b]}
        called, self.order = set(first), []
        for net in self.program.nets:
            is_new = id(net) in called and id(net) not in self.optimised
            held = [id(p) for p in net.parameters() if self.held.get(id(p)) is weakref.ref(p)] if is_new else []
            if held:
                self.optimised.add(id(net))
                self.makers[id(net)] = next((self.lines[key] for key in held if key in self.lines), Place(None, None))

    def on_step(self, event: Step) -> None:
        self.held |= {id(param): weakref.ref(param) for param in event.params}
        self.lines |= dict.fromkeys(map(id, event.params), self.program.made_at(event.optimiser))
        if self.reached & {id(param) for param in event.params}:
            for key in self.pending:
                self.records[key].steps += 1
                self.used[self.records[key].net, self.records[key].name] += 1
            self.pending, self.reached = set(), set()

    def on_zero(self, event: Zero) -> None:
        """Gradients that no step has used served another purpose."""
        if isinstance(event.owner, nn.Module):
            self.cleared.add(id(event.owner))
        if self.reached & {id(param) for param in event.params}:
            self.pending, self.reached = set(), set()

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.program.steps >= STEPS_AT_LEAST:
            return
        for (net, name), made in self.made.items():
            if net != NO_NET and min(made, self.used[net, name]) >= STEPS_AT_LEAST and self._matters(net):
                place = self.places.get(net, Place(None, None))
                yield self.finding(
                    f"{name} is another object in each step: an optimiser that holds a former one never moves it",
                    "Change its values in place: under torch.no_grad(), self.name.clamp_(...) or self.name.copy_(...)",
                    file=place.file,
                    line=place.line,
                )
                return
        unoptimised: dict[tuple[int, Place], list[ParameterRecord]] = {}
        for key, record in self.records.items():
            param = record.param()
            frozen = param is not None and not param.requires_grad
            is_left = self.held.get(key) is not record.param or key in self.frozen
            if record.steps >= STEPS_AT_LEAST and is_left and not frozen and self._matters(record.net):
                place = self._place(record)
                unoptimised.setdefault((record.net, place), []).append(record)
        for (_, place), records in unoptimised.items():
            yield self._finding(records, place)

    def _place(self, record: ParameterRecord) -> Place:
        """Of a plain tensor the line that keeps it in its module; else that of the optimiser which lacks it."""
        if record.plain:
            return record.place
        makers = {self.makers.get(record.net, Place(None, None))} - {Place(None, None)} or set(self.lines.values())
        return makers.pop() if len(makers) == 1 else self.places.get(record.net, record.place)

    def _finding(self, records: Sequence[ParameterRecord], place: Place) -> Finding:
        names = [record.name for record in records]
        more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
        loaded = all(record.loaded or id(record.param()) in self.loaded for record in records)
        thawed = any(record is self.records.get(key) for key in self.frozen for record in records)
        loose = all(record.plain and record.net == NO_NET for record in records)
        count = f"{len(names)} parameters get" if len(names) > 1 else "1 parameter gets"
        plain = any(record.plain and record.net != NO_NET for record in records)
        return self.finding(
            f"{count} gradients and {'are' if len(names) > 1 else 'is'} in no optimiser: "
            f"{', '.join(names[:NAMES_SHOWN])}{more}; {'they keep their' if len(names) > 1 else 'it keeps its'} "
            "initial values",
            "Make it a parameter of the module: self.name = nn.Parameter(...)"
            if plain
            else "Give them to the optimiser when you unfreeze them: optimiser.add_param_group(...), or make it anew"
            if thawed
            else "Create the optimiser after the net is complete, with all its parameters; freeze a part on purpose "
            "with requires_grad_(False)",
            level=Level.WARNING if loaded or loose or thawed or self._is_head(records[0].net) else None,
            file=place.file,
            line=place.line,
        )

    def _matters(self, net: int) -> bool:
        """Whether other parameters of the net are optimised, or those of a net that is called after it."""
        later = {b for a, b in self.feeds if a == net} | {net}
        if net in self.loss_nets:
            return bool(self.optimised)
        return bool(later & self.optimised) or (bool(self.optimised) if net == NO_NET else self._is_head(net))

    def _is_head(self, net: int) -> bool:
        """Whether a net that is called after an optimised one is to be trained with it, and does not score it alone."""
        follows = any(a in self.optimised for a, b in self.feeds if b == net)
        if net in self.optimised or net in self.loss_nets or not follows:
            return False
        return net in self.cleared or (net not in self.scoring and net not in self.loaded_nets)


def _is_loss(call: Call) -> bool:
    """A module that gives one number and whose parameters are its own, as those of a loss with weights or centres."""
    if not call.outputs or any(out.dim() for out in call.outputs):
        return False
    return all(
        not type(part).__module__.startswith("torch.") for part in call.module.modules() if list(part.parameters(False))
    )


def _data_leaves(x: Tensor) -> set[int]:
    """Of an input: itself, or the leaves behind it, where no parameter of a net is among them."""
    if not x.requires_grad:
        return set()
    found: set[int] = set()
    for leaf in [x] if x.grad_fn is None else graph.leaves(x.grad_fn, INPUT_NODES):
        if isinstance(leaf, nn.Parameter):
            return set()
        found.add(id(leaf))
    return found
