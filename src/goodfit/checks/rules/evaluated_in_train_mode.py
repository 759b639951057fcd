"""evaluated-in-train-mode: a net is evaluated while dropout is active and batch norm adapts.

What it checks
    Without gradients being recorded, a net that has dropout or batch norm in train mode (the whole of it, or parts
    below a net in eval mode) gives outputs, and these meet labels (a loss function, ==, a score of scikit-learn), or
    are turned into classes or numbers (argmax, tolist, numpy), in two batches, the only one, or all of them together.
    Where the net gets several views of each row, flattened, the labels may be those of the rows.

Why it hurts
    The scores are those of a net with units missing, and the running statistics take in validation rows: the net that
    is measured is not the one that is used later.

Example
    with torch.no_grad():
        for x, y in valid: correct += (net(x).argmax(1) == y).sum()

Instead
    net.eval()
    with torch.no_grad(): ...
    net.train()

When it is a false alarm
    A re-estimation of batch norm, whose outputs meet no labels; Monte Carlo dropout, which asks the same rows again.

Cost
    Flags, in the first steps and the first steps of an evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

from goodfit.checks.engine.events import Compare, Loss, NetCall, Read, Score, WatchEnds
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.checks.rules.left_in_eval_mode import modal, modal_layer

REPEATS_AT_LEAST = 2  # of the same rows, by which a net in training mode is one of Monte Carlo dropout
BATCHES_AT_LEAST = 2
VALUES_AT_MOST = 1_000_000
BATCHES_PUT_TOGETHER = 3  # where gradients are recorded again: a teacher is asked about two views of a batch


class EvaluatedInTrainMode(LiveRule):
    code, level = "GF402", Level.WARNING

    def start(self) -> None:
        self.rows: int | None = None  # of the output that may meet labels
        self.calls = self.all_rows = 0  # of calls of a net that is awake, since the last training or evaluation
        self.place: Place | None = None
        self.net = ""
        self.part = ""  # of a net in eval mode, that is in train mode
        self.evaluations = 0
        self.views: set[int] = set()  # numbers of rows and of views of each, where a net gets (V, B, ...) flattened
        self.outputs: set[int] = set()  # where the tensors of that output lie
        self.output: Tensor | None = None  # the first one, where it is small
        self.read: Tensor | None = None  # the same, of what was last turned into classes
        self.last_input: tuple[int, int, int] | None = None
        self.asked_again = False
        self.repeats = 0  # how often the last rows were asked about again

    def on_call(self, event: NetCall) -> None:
        self.rows = self.output = None
        if event.grad:
            self.calls = self.all_rows = 0
        if event.grad or not event.outputs or not event.outputs[0].dim():
            return
        awake = _awake_part(event.module)
        if awake is None or not modal(event.module):
            self.calls = self.all_rows = 0
            return
        x = event.inputs[0] if event.inputs else None
        version = 0 if x is None or x.is_inference() else x._version  # tensors of inference_mode count no writes
        same = None if x is None else (x.data_ptr(), version, self.program.steps)
        self.asked_again = self.asked_again or (bool(awake) and same is not None and same == self.last_input)
        self.repeats = self.repeats + 1 if same is not None and same == self.last_input else 0
        self.last_input = same
        if self.repeats and not awake:  # the spread of several answers is asked for
            self.evaluations -= self.repeats == REPEATS_AT_LEAST and self.evaluations > 0
            return
        if bool(awake) and self.asked_again:  # Monte Carlo dropout wakes parts of a net on purpose
            self.evaluations = self.calls = self.all_rows = 0
            return
        last = self.program.last_call
        self.rows, self.net, self.part = len(event.outputs[0]), type(event.module).__name__, awake
        self.views = _flattened(x, self.rows)
        self.calls, self.all_rows = self.calls + 1, self.all_rows + self.rows
        self.place = last.place if last else None
        self.outputs = {out.data_ptr() for out in event.outputs}
        self.output = event.outputs[0].detach() if event.outputs[0].numel() <= VALUES_AT_MOST else None

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.input.requires_grad:
            self._leave_out_pseudo_labels(event.target)
        if not event.input.requires_grad and event.input.dim() and self._are_all(len(event.input)):
            yield from self._meets_labels(len(event.input))

    def on_read(self, event: Read) -> Iterator[Finding]:
        """The output itself is turned into classes or numbers: labels are met outside of torch."""
        is_own = event.tensor.data_ptr() in self.outputs or _are_probabilities(event.tensor, self.output)
        if not event.grad and len(event.tensor) == self.rows and is_own:
            self.read = self.output
            yield from self._meets_labels(len(event.tensor))

    def _leave_out_pseudo_labels(self, target: Tensor) -> None:
        """Classes that were read from an output to learn by them are no evaluation: a net is in training then."""
        read, self.read = self.read, None
        if read is not None and read.dim() == 2 and target.shape == read.shape[:1] and target.device == read.device:
            self.evaluations -= bool((read.argmax(1) == target).all()) and self.evaluations > 0

    def on_compare(self, event: Compare) -> Iterator[Finding]:
        sizes = [len(each) for each in (event.left, event.right) if each.dim()]
        has_labels = len(sizes) > 1  # a number is a threshold, as that of pseudo-labels
        if has_labels and len(set(sizes)) == 1 and self._are_all(sizes[0], within_no_grad=not event.grad):
            yield from self._meets_labels(sizes[0])

    def on_score(self, event: Score) -> Iterator[Finding]:
        rows = len(event.labels) if hasattr(event.labels, "__len__") else 0
        if self._are_all(rows, within_no_grad=False):
            yield from self._meets_labels(rows)

    def _are_all(self, rows: int, *, within_no_grad: bool = True) -> bool:
        """Whether these are the rows of the last call, or of all since training, put together.

        Args:
            within_no_grad: outside of it they may be those of another net in training, whose teacher was called last.
        """
        is_last = within_no_grad and (rows == self.rows or rows in self.views)
        return self.rows is not None and (is_last or self._are_put_together(rows, within_no_grad=within_no_grad))

    def _are_put_together(self, rows: int, *, within_no_grad: bool = True) -> bool:
        return self.calls >= (BATCHES_AT_LEAST if within_no_grad else BATCHES_PUT_TOGETHER) and rows == self.all_rows

    def _meets_labels(self, rows: int) -> Iterator[Finding]:
        self.rows = None
        self.evaluations += BATCHES_AT_LEAST if self._are_put_together(rows) else 1
        if self.evaluations >= BATCHES_AT_LEAST:
            yield self._finding()

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        """There was a single evaluation, of one batch."""
        if self.evaluations == 1:
            yield self._finding()

    def _finding(self) -> Finding:
        assert self.place is not None
        what = f"{self.net} is evaluated in train mode"
        if self.part:
            what = f"{self.net} is evaluated in eval mode, and its part '{self.part}' is in train mode"
        return self.finding(
            f"{what}: dropout and batch norm behave as in training, so that outputs are "
            f"random, or batch norm adapts to these rows",
            f"Call net.eval() before the evaluation{', after whatever woke that part' if self.part else ''}, and "
            "net.train() after it",
            file=self.place.file,
            line=self.place.line,
        )


def _flattened(x: Tensor | None, rows: int) -> set[int]:
    """V and B of rows that are a view of (V, B, ...); none of others."""
    whole = None if x is None else x._base
    if x is None or whole is None or whole.dim() != x.dim() + 1 or len(x) != rows:
        return set()
    first, second = whole.shape[:2]
    is_flat = first * second == rows and min(first, second) > 1 and whole.shape[2:] == x.shape[1:]
    return {first, second} if is_flat else set()


def _are_probabilities(read: Tensor, output: Tensor | None) -> bool:
    """Whether what is read is the sigmoid or softmax of an output."""
    if output is None or not output.is_floating_point() or read.numel() != output.numel() or read.dtype != output.dtype:
        return False
    made = [output.sigmoid(), *([output.softmax(1)] if output.dim() > 1 else [])]
    return any(torch.equal(read.flatten(), each.flatten()) for each in made)


def _awake_part(net: nn.Module) -> str | None:
    """The first part with dropout or batch norm that is in train mode; "" where the whole net is, None for none."""
    if net.training:
        # a part of a Sequential, net[:6], is a new one and in train mode, whatever its layers are in
        return "" if any(part.training and _has_modes(part) for part in net.modules()) else None
    return next((name for name, part in net.named_modules() if part.training and _has_modes(part)), None)


def _has_modes(part: nn.Module) -> bool:
    """Whether a layer does another thing in eval mode: a batch norm that keeps no averages takes each batch's own."""
    return modal_layer(part) and not (isinstance(part, _NormBase) and part.running_mean is None)
