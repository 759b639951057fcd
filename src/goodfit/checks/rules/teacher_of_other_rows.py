"""teacher-of-other-rows: a student learns from outputs of a teacher that were kept, and they are those of other rows.

What it checks
    The soft target of a loss (kl_div, cross_entropy with probabilities, mse_loss and the like) is made of a variable
    whose rows a net gave before the last step, without gradients. The inputs that it gave them for are known, and
    most of them are not those of the student at the same places: rows of the student's are found elsewhere among what
    the teacher was given. In three losses.

Why it hurts
    Outputs that are kept in a list, by the number of the mini-batch, belong to the rows of that pass. A loader with
    shuffle=True gives other rows in the next one: the student is taught what the teacher says of other images.

Example
    kept = [teacher(x) for x, _ in loader]                     # shuffle=True
    for i, (x, y) in enumerate(loader): loss = distill(student(x), y, kept[i])

Instead
    kept = torch.cat([teacher(x) for x, _ in DataLoader(dataset, 256)])        # in the order of the data set
    for i, x, y in loader_with_indices: loss = distill(student(x), y, kept[i])
    # or call the teacher on each mini-batch

When it is a false alarm
    None is known. Where rows are augmented anew in each pass, it is silent.

Cost
    A number for each row of what nets are called with and give without gradients being recorded, in the first steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine.events import BackwardEnded, Loss, NetCall
from goodfit.checks.engine.fingerprints import fingerprints
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.engine.variables import tensors_by_name
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROWS_KEPT, VALUES_AT_MOST = 40_000, 4_000_000  # of all calls, and of the inputs of one
ROWS_AT_LEAST, COLUMNS_AT_LEAST = 4, 3
LOSSES_AT_LEAST = 3
SHARE_AT_LEAST = 0.5  # of the rows that are others
ELSEWHERE_AT_LEAST = 3  # rows: of a long pass, one mini-batch in some is seen
SAME_ORDER = 0.99  # of the values of a row
SOFT = frozenset({
    "kl_div", "cross_entropy", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
})  # fmt: skip


class TeacherOfOtherRows(LiveRule):
    code, level = "GF290", Level.ERROR

    def start(self) -> None:
        self.given: dict[int, tuple[int, int]] = {}  # row of an output -> row of the input, and steps before the call
        self.inputs: set[int] = set()  # rows of such inputs
        self.student: Tensor | None = None  # what a net was called with last, gradients being recorded
        self.losses: Counter[Place] = Counter()

    def on_call(self, event: NetCall) -> None:
        x = event.inputs[0] if event.inputs else None
        if x is None or x.dim() < 2 or len(x) < ROWS_AT_LEAST or x.requires_grad or x.numel() > VALUES_AT_MOST:
            return
        if event.grad:
            self.student = x
            return
        if len(event.outputs) != 1 or not _can_teach(event.outputs[0], len(x)):
            return
        if len(self.given) > ROWS_KEPT:
            self.given, self.inputs = {}, set()
        before = fingerprints(x)
        self.inputs.update(before)
        steps = self.program.steps
        rows = zip(fingerprints(event.outputs[0]), before, strict=True)
        self.given.update((after, (row, steps)) for after, row in rows)

    def after_backward(self, event: BackwardEnded) -> None:
        self.student = None

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        x, target = self.student, event.target
        if x is None or not self.given or not event.grad or event.name not in SOFT:
            return
        if not _can_teach(target, len(x)) or event.input.shape != target.shape:
            return
        teacher = self._rows_behind(target.detach())
        if not teacher:
            return
        others = [row for row, behind in zip(fingerprints(x), teacher, strict=True) if row != behind]
        elsewhere = sum(row in self.inputs for row in others)
        if len(others) < SHARE_AT_LEAST * len(teacher) or elsewhere < ELSEWHERE_AT_LEAST:
            return
        place = user_place()
        self.losses[place] += 1
        if self.losses[place] == LOSSES_AT_LEAST:
            yield self.finding(
                f"the target of {event.name} is made of outputs that a net gave before, for other rows: {len(others)} "
                f"of the {len(teacher)} rows of this mini-batch are not those that stood there when it was called",
                "Call the teacher on each mini-batch, or keep its outputs by the number of the row, not of the batch",
            )

    def _rows_behind(self, target: Tensor) -> list[int]:
        """Rows that a net was given before the last step for what a target is made of; none where that is not known."""
        seen: set[int] = set()
        for _, kept in tensors_by_name():
            if id(kept) in seen or kept.shape != target.shape or not _can_teach(kept, len(target)):
                continue
            seen.add(id(kept))
            known = [self.given.get(row) for row in fingerprints(kept)]
            rows = [row for row, steps in (each for each in known if each is not None) if steps < self.program.steps]
            if len(rows) == len(known) and _is_ordered_alike(kept.detach(), target):
                return rows
        return []


def _can_teach(output: Tensor, rows: int) -> bool:
    """Whether it is (N, C) of numbers without a graph: logits, probabilities or features."""
    is_plain = output.dim() == 2 and output.is_floating_point() and not output.requires_grad and not output.is_meta
    return is_plain and output.shape[0] == rows and output.shape[1] >= COLUMNS_AT_LEAST


def _is_ordered_alike(one: Tensor, other: Tensor) -> bool:
    """Whether the values of each row are in the same order, as those of logits and their softmax are."""
    return bool((one.argsort(1) == other.to(one.device).argsort(1)).float().mean() >= SAME_ORDER)
