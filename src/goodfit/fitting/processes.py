"""A fit in several processes: the first one begins it and brings it to its end, the others train with it.

The first process reads, decodes, chooses and writes the first checkpoint, as one process does. The others wait for
that checkpoint and go on from it, as a run that is resumed: so all of them hold the same state, and read the cache that
is there by then. After the last epoch all of them score, and the first one writes the run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm

from goodfit import __version__
from goodfit.data.fingerprint import fingerprint
from goodfit.data.shares import LANES
from goodfit.data.source import Source
from goodfit.errors import ProcessError, UsageError
from goodfit.fitting.blending import PartScores
from goodfit.fitting.console import Console
from goodfit.fitting.folder import RunFolder, choose_folder
from goodfit.fitting.journal import Journal
from goodfit.fitting.more import MoreEpochs
from goodfit.fitting.net import make_net, with_feature_net
from goodfit.fitting.options import FitOptions
from goodfit.fitting.problem import Problem, make_problem
from goodfit.fitting.resume import read_checkpoint
from goodfit.fitting.scoring import rows_to_score
from goodfit.fitting.shared_folder import mark, wait_to_see
from goodfit.fitting.training import go_on
from goodfit.run import Run, load
from goodfit.store.run_folder import CHECKPOINT, RECORD
from goodfit.train.checkpoint import dump
from goodfit.train.device import cpu_threads
from goodfit.train.exact import refuse_other_counts
from goodfit.train.loop import Training
from goodfit.train.processes import ALONE, Processes, join, keep_text, kept_text, restarted_without_memory
from goodfit.train.session import Interrupted, run_session
from goodfit.train.sharding import Sharding, refuse_unshardable, whole_tensors
from goodfit.train.together import Together

_FITS = count()  # those of this program, so that a restarted one finds the folder of each


@dataclass(frozen=True)
class Team:
    """The processes of one fit, as one of them sees them; often it is alone.

    Attributes:
        device: that this process trains on.
        number: of the fit among those of this program.
    """

    processes: Processes
    device: torch.device
    number: int

    @property
    def is_first(self) -> bool:
        return self.processes.rank == 0

    def keep(self, folder: RunFolder, longer: MoreEpochs | None) -> None:
        """Note the folder, for the case that all processes are started again by torchrun.

        Args:
            longer: what a finished run is trained on to: it takes the place of that run at the end.
        """
        if self.processes.several:
            keep_text(f"fit {self.number}", str(folder.path.absolute()))
            if longer is not None:
                keep_text(f"epochs of fit {self.number}", str(longer.total))

    def folder_before_restart(self, longer: MoreEpochs | None) -> RunFolder | None:
        """The folder of this fit, where torchrun has started all processes again; the fit goes on in it.

        Args:
            longer: as the command finds it now: from the run that is there, which may be the longer one already.

        Raises:
            UsageError: processes that are started again could not know it from the run to train on.
        """
        if not self.processes.several:
            return None
        if longer is not None and restarted_without_memory():
            raise UsageError(
                "--more needs a launcher that remembers how far it has come when it starts the processes again",
                fix="Unset TORCH_DISABLE_SHARE_RDZV_TCP_STORE, or give the machines places by --node-rank",
            )
        epochs = kept_text(f"epochs of fit {self.number}")
        if longer is not None and not longer.stands and epochs == str(len(longer.record.history)):
            return RunFolder(longer.base, finished=True)
        kept = kept_text(f"fit {self.number}")
        return None if kept is None else choose_folder("", kept, resume=True)

    def begin(self, folder: Path, source: Source | None = None) -> None:
        """The first process has its checkpoint, or a finished run (no source): the others may go on."""
        if self.processes.several:
            written = folder.absolute() / (RECORD if source is None else CHECKPOINT)
            reading = None if source is None else _reading(source)
            self.processes.value_of_first([str(written), mark(written), reading])

    def train(self, training: Training, options: FitOptions, journal: Journal) -> None:
        """From here on the steps of this training are those of all processes.

        Raises:
            ProcessError: they do not begin with the same weights.
        """
        processes = self.processes
        if options.shard and options.exact:
            raise UsageError("--shard sums as it suits FSDP2, and not in the order of --exact", fix="Leave one out")
        if options.shard and not processes.several:
            self._choose(journal, "shards", 1, "--shard: there is one process")
        if not processes.several and not options.exact:
            return
        sync_norm = options.sync_norm is not False and not options.exact
        normalised = any(isinstance(module, _BatchNorm) for module in training.net.modules())
        if options.exact:
            refuse_other_counts(processes.count)
            if normalised and training.folds is not None:
                raise UsageError("--exact is not for nets with batch norm that are cross-fitted", fix="Add --folds 1")
        processes.refuse_different(list(training.net.state_dict().values()))
        training.processes = processes
        sharding = self._sharded(training) if options.shard else None
        training.together = Together(
            training.net, processes, sync_norm=sync_norm, exact=options.exact, sharding=sharding
        )
        if options.exact:
            norm = "; batch norm sees a lane" if normalised else ""
            self._choose(journal, "sums", "in a fixed order", f"--exact: {LANES} lanes of a batch, one thread{norm}")
        why = "each computes its rows of every batch; gradients are summed"
        if normalised and not sync_norm and not options.exact:
            why += "; batch norm sees the rows of one process alone (--no-sync-norm)"
        if processes.several:
            self._choose(journal, "processes", processes.count, why)
        if sharding is not None:
            self._choose(journal, "shards", processes.count, "--shard: of the weights and the optimiser's state")

    def _sharded(self, training: Training) -> Sharding:
        refuse_unshardable(
            training.net, training.hyper, averaged=training.average is not None, crossed=training.folds is not None
        )
        sharding = Sharding(training.net, training.optimiser, self.processes, self.device.type)
        training.best, training.net = sharding.cut(training.best), sharding.net
        return sharding

    @staticmethod
    def _choose(journal: Journal, name: str, value: object, why: str) -> None:
        journal.choices = [choice for choice in journal.choices if choice.name != name]  # a resumed run has one
        journal.choose(name, value, why)

    def scores(self, training: Training, problem: Problem) -> PartScores | None:
        """What all processes score together: the best weights on every part; None: there is one process.

        The training is that of one process afterwards.
        """
        if not self.processes.several:
            return None
        training.put_best_back()
        rows = rows_to_score(training.task, problem)
        scored = {part: training.scores(training.net, of_part) for part, of_part in rows.items() if part != "valid"}
        scored["valid"] = training.validation_scores(whole=True)
        if training.sharding is not None:
            training.best = {name: value.cpu() for name, value in whole_tensors(training.best).items()}
            training.net = training.sharding.end()
        training.processes, training.together = ALONE, None
        return scored

    def end(self, folder: Path) -> None:
        """The first process has written the run into this folder."""
        if self.processes.several:
            record = folder.absolute() / RECORD
            self.processes.value_of_first([str(record), mark(record)])

    def written_by_first(self) -> tuple[Path, Any]:
        """The file that the first process has come to by `begin` or `end`, and how it reads the data.

        Raises:
            ProcessError: this process does not see it: the machines do not share the run folder.
        """
        place, expected, *reading = self.processes.value_of_first()
        wait_to_see(Path(place), expected, self.processes.rank)
        return Path(place), reading[0] if reading else None


def join_team(device: torch.device) -> Team:
    """The processes that torchrun has started, of which this is one; or this one alone.

    Raises:
        ProcessError: another version of goodfit or torch than the first one's.
        UsageError: more processes on this machine than it has GPUs.
    """
    processes = join(device)
    own = f"goodfit {__version__} and torch {torch.__version__}"
    first = processes.value_of_first(own)
    if first != own:
        raise ProcessError(
            f"process {processes.rank} runs {own}, and the first one {first}", fix="Install the same on all machines"
        )
    if processes.several and device.type == "cuda":
        place = int(os.environ.get("LOCAL_RANK", "0"))
        if place >= torch.cuda.device_count():
            raise UsageError(
                f"there are more processes on this machine than GPUs ({torch.cuda.device_count()})",
                fix="Start one process for each GPU, or give --device cpu",
            )
        torch.cuda.set_device(place)
        device = torch.device("cuda", place)
    return Team(processes, device, next(_FITS))


def help_first(
    team: Team,
    opened: Callable[[], Source],
    asked: FitOptions,
    model: Any,
    params: list[Tensor] | None,
    cache: Path,
) -> Run:
    """The way of every process but the first: from its first checkpoint to the run that it has written.

    Args:
        opened: opens the data.
        model, params: the user's own net.

    Raises:
        ProcessError: another process has ended, or this one reads other data.
        KeyboardInterrupt: all processes were stopped.
    """
    written, reading = team.written_by_first()
    if reading is not None:
        _train(team, written, opened(), reading, model, params, cache)
        written, _ = team.written_by_first()
    return load(written.parent, model=model, params=params, device=asked.device)


def _reading(source: Source) -> Any:
    """How rows become numbers, as JSON: the same in all processes."""
    return json.loads(json.dumps([source.schema(), source.block]))


def _train(
    team: Team, written: Path, source: Source, reading: Any, model: Any, params: list[Tensor] | None, cache: Path
) -> None:
    checkpoint = read_checkpoint(written)
    started = checkpoint.started
    options = FitOptions(**started.options)
    journal = Journal(Console(quiet=True))
    source.go_on_as(started.net.in_shape, started.resize)
    source.keep_order(started.block)
    source.expect_task(options.task)
    source.prepare(accelerator=team.device.type != "cpu", cache=cache)
    if fingerprint(source) != started.data:
        raise ProcessError(
            f"process {team.processes.rank} reads other data than the first one", where=source.name,
            fix="Give all machines the same data",
        )  # fmt: skip
    problem = make_problem(source, options, journal, device=team.device, own_net=model is not None, started=started)
    problem = with_feature_net(problem, options, team.device)
    if _reading(source) != reading:
        raise ProcessError(
            f"process {team.processes.rank} reads the columns otherwise than the first one", where=source.name,
            fix="Give all of them as much free memory: a large table stays on disk where memory is short",
        )  # fmt: skip
    net = make_net(problem, options, team.device, journal, model, params, started)
    training = go_on(problem, net, checkpoint, team.device, journal)
    team.train(training, options, journal)
    with cpu_threads(1 if options.exact else training.hyper.threads):
        try:
            run_session(training, _help_to_save, journal, _of_first if options.minutes else None)
        except Interrupted:
            raise KeyboardInterrupt from None
        team.scores(training, problem)


def _help_to_save(training: Training) -> None:
    """The first process writes the checkpoint; of a sharded net it needs what this one has."""
    if training.sharding is not None:
        dump(training)


def _of_first(training: Training) -> float:
    """The seconds left, which the first process knows: its answer counts."""
    return 0.0
