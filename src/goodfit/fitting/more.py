"""Training a finished run on for more epochs: `--more 10`.

The learning rate of a finished run has run out, so that its schedule begins anew (a warm restart: Loshchilov and Hutter
2017, "SGDR"), from the weights that were kept; they stay what is kept unless a later epoch is better. All is written
into a folder of its own, runs/NAME-more. When it stands there whole, it takes the place of the run, which goes beside
it, to runs/NAME-before: whatever is killed, and whenever, no model is lost. The test rows are looked at once more, and
that is counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.data.normalise import Normalise
from goodfit.errors import DataError, RunError, UsageError
from goodfit.fitting.folder import RunFolder, holds_something, last_finished
from goodfit.fitting.hyperparameters import Setup, make_feed, trained_task, use_memory_format
from goodfit.fitting.journal import Journal
from goodfit.fitting.net import Net
from goodfit.fitting.options import FitOptions, fit_options
from goodfit.fitting.problem import Problem
from goodfit.fitting.resume import Started, refuse_other_options
from goodfit.fitting.training import begin
from goodfit.formatting import counted
from goodfit.nets.blend import Blend
from goodfit.predict.seen_rows import MARKS, PART_NUMBERS, remembered
from goodfit.record import Choice, Record, read_record
from goodfit.run import load
from goodfit.store.run_folder import CURVE, LOOKS, RECORD, SCORES, last_checkpoint
from goodfit.store.tensors import load_state
from goodfit.store.test_ledger import TestLedger
from goodfit.train.loop import Training

FOLDERS_OF_ONE_RUN = 1_000


@dataclass(frozen=True)
class MoreEpochs:
    """A finished run that is trained on.

    Attributes:
        base: its folder.
        record: of it.
        epochs: how many more.
        folder: where the longer run is written.
    """

    base: Path
    record: Record
    epochs: int
    folder: RunFolder

    @property
    def stands(self) -> bool:
        """Whether the longer run stands whole, and has not yet taken the place of the run."""
        return self.folder.finished

    @property
    def total(self) -> int:
        """Epochs of the longer run."""
        if self.stands:
            return len(read_record(self.folder.path).history)
        return len(self.record.history) + self.epochs

    def options(self, asked: FitOptions) -> FitOptions:
        """Those of the run; its time budget is used up.

        Raises:
            UsageError: another value is given now.
        """
        refuse_other_options(self.record.options, asked, self.base, more=True)
        names = {option.name for option in fit_options()}
        known = {name: value for name, value in self.record.options.items() if name in names}
        return replace(FitOptions(**known), minutes=None)

    @property
    def started(self) -> Started:
        """The run as one that is resumed, for what is built again."""
        pretrained = next((choice.value for choice in self.record.choices if choice.name == "pretrained"), None)
        return Started(
            options=self.record.options,
            data="",
            net=replace(self.record.net, parts=(), spread=None),
            pretrained=pretrained,
            resize=self.record.source.get("picture", {}).get("resize"),
            normalise=self.record.normalise,
            hyper=self.record.hyperparameters,
            choices=self.record.choices,
            created=self.record.created,
            base=self.base.name,
            more=self.epochs,
        )

    def begin(
        self,
        problem: Problem,
        net: Net,
        device: torch.device,
        journal: Journal,
        model: Any,
        params: list[Tensor] | None,
    ) -> Training:
        """The training before its first further step: the kept weights, and the history so far.

        Raises:
            DataError: the rows, or their parts, are not those of the run.
            UsageError: a net of which nothing is learnt by gradient.
        """
        stored = load_state(self.base / SCORES)[0]
        _refuse_other_rows(self.base, stored, problem)
        if net.fixed_features:
            raise UsageError(
                "the head of this net was fitted to its optimum, and nothing else of it is learnt",
                where=self.base,
                fix="Fit with --arch of another net",
            )
        hyper, normalise = self.record.hyperparameters, self.record.normalise
        before = len(self.record.history)
        hyper = replace(
            hyper, epochs=before + self.epochs, patience=None, max_steps=None, minutes=None, frozen_epochs=0
        )
        net.module.load_state_dict(_kept_weights(self.base, model, params, device))
        task = trained_task(problem.task, net, hyper.augment, hyper.label_smoothing)
        of_input = None if normalise is None else Normalise.from_json(normalise)
        feed = make_feed(problem, task, device, hyper.batch_size, hyper.seed, of_input, hyper.augment)
        use_memory_format(net.module, feed, hyper)
        training = begin(problem, net, Setup(hyper, feed, task), "as when the run was fitted")
        self._take_over(training, stored)
        self._say(journal, hyper.learning_rate)
        return training

    def _take_over(self, training: Training, stored: dict[str, Tensor]) -> None:
        """The history, and the weights that are the best so far, with their score."""
        position, lines = training.position, self.record.history
        position.history = [
            {name: float("nan") if value is None else value for name, value in line.items()} for line in lines
        ]
        for line in position.history:
            line |= {"epoch": int(line["epoch"]), "rows": int(line["rows"])}
        position.epoch, position.best_epoch = len(lines), self.record.best_epoch - 1
        position.pace = 1 / (self.epochs * training.batches_an_epoch)
        position.seconds = float(position.history[-1].get("seconds", 0.0)) if lines else 0.0
        out, y = training.validation_scores(whole=False)
        position.best_score = training.task.criterion(out, y)
        training.best = {
            name: tensor.detach().to("cpu", copy=True) for name, tensor in training.net.state_dict().items()
        }
        training.curve = stored.get(CURVE, training.curve)

    def _say(self, journal: Journal, rate: float) -> None:
        before = len(self.record.history)
        kept = [choice for choice in self.record.choices if choice.name not in ("epochs", "blend", "intervals")]
        journal.choices = [*kept, Choice("epochs", f"{before} and {self.epochs} more", "given")]
        journal.analyses = {"more": {"epochs": [*self.earlier, self.epochs], "run": self.base.name}}
        journal.say(
            f"training {self.base} on for {counted(self.epochs, 'epoch')}, from the weights of epoch "
            f"{self.record.best_epoch} of {before}; the rate begins anew at {rate:.2g}"
        )

    @property
    def earlier(self) -> list[int]:
        """Epochs of each time that it was trained."""
        more = self.record.analyses.get("more")
        return list(more["epochs"]) if isinstance(more, dict) else [len(self.record.history)]


def find_more(name: str, out: str | Path | None, epochs: int, *, resume: bool) -> MoreEpochs:
    """The run that is to be trained on, and where: the one in `out`, or the last finished one of this name.

    Raises:
        UsageError: --resume as well, fewer than 1 epoch, or a run of heads that were cross-fitted.
        RunError: there is no finished run, or something else where the longer one is written.
    """
    if resume:
        raise UsageError(
            "--resume and --more were both given", fix="Give --more alone: it also goes on where it stopped"
        )
    if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 1:
        raise UsageError(f"--more {epochs} is not a number of epochs", fix="Give a whole number from 1 on")
    base = last_finished(name, out)
    work = base.with_name(f"{base.name}-more")
    if not (base / RECORD).exists() and (work / RECORD).exists():  # killed between the two names
        longer = read_record(work)
        if longer.analyses.get("more", {}).get("epochs", [0])[-1] == epochs:
            return MoreEpochs(base, longer, epochs, RunFolder(work, None, True))  # this is what was asked for
        work.rename(base)
    record = read_record(base)
    if record.rows.folds > 1 and record.net.folds == 1:
        raise UsageError(
            "the head of this net was fitted to its optimum in folds, and no images are left to judge further epochs",
            where=base,
            fix=f"Fit anew with --epochs {epochs + 1}: it fine-tunes the net, with a validation part",
        )
    checkpoint = last_checkpoint(work)
    finished = (work / RECORD).exists()
    if checkpoint is None and not finished and work.exists() and holds_something(work):
        raise RunError("this folder is in use, and the longer run is to be written there", where=work, fix="Rename it")
    if finished and read_record(work).analyses.get("more", {}).get("run") != base.name:
        raise RunError("this is another run, and the longer one is to be written there", where=work, fix="Rename it")
    return MoreEpochs(base, record, epochs, RunFolder(work, None if finished else checkpoint, finished))


def take_place(work: Path, base: Path, journal: Journal) -> Path:
    """The longer run gets the name of the run, which goes beside it; where it ends up."""
    places = (
        base.with_name(f"{base.name}-before" + ("" if at == 1 else f"-{at}")) for at in range(1, FOLDERS_OF_ONE_RUN)
    )
    before = None
    try:
        if base.exists():  # else it was killed between the two names
            before = base.rename(next(place for place in places if not place.exists()))
        work.rename(base)
    except OSError as error:
        journal.say(f"{work} is the longer run; it could not take the place of {base} ({error.strerror})")
        return work if work.exists() else base
    journal.say(f"{base} is the longer run" + ("" if before is None else f"; as it was before, it is in {before}"))
    return base


def earlier_looks(base: Path) -> Counter[str]:
    """How often the run that is trained on has scored test rows, for each set of them."""
    return TestLedger(base / LOOKS).all_looks()


def _kept_weights(base: Path, model: Any, params: list[Tensor] | None, device: torch.device) -> dict[str, Tensor]:
    """Of the net alone."""
    run = load(base, model=model, params=params, device=device.type)
    net = run.net
    alone = net.parts[0] if isinstance(net, Blend) else net
    return {name: tensor.detach().clone() for name, tensor in alone.state_dict().items()}


def _refuse_other_rows(base: Path, stored: dict[str, Tensor], problem: Problem) -> None:
    now = remembered(problem.source, problem.split.parts)
    if MARKS not in stored:
        raise RunError("an older goodfit fitted this run, and did not note its rows", where=base, fix="Fit it again")
    parts = stored[PART_NUMBERS]
    if len(parts) == len(now[PART_NUMBERS]) and not torch.equal(parts, now[PART_NUMBERS]):
        raise DataError(
            "the rows are in other parts than when the run was fitted",
            where=base,
            fix="Give the same options of the data, or fit anew",
        )
    if not np.array_equal(stored[MARKS].numpy(), now[MARKS].numpy()):  # of encoded rows: training rows say how
        raise DataError(
            "these are not the rows that the run was fitted on", where=base, fix="Give the same data, or fit anew"
        )
    if not torch.equal(stored["y_train"], problem.y_train):
        raise DataError("the targets are not those that the run was fitted on", where=base, fix="Fit anew")
