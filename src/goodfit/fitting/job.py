"""One fit under way: what was found in the data, what was chosen, and the training made of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.checks.finding import Finding
from goodfit.checks.rule import DataFacts, check_data
from goodfit.data.feed import Feed
from goodfit.data.images.augment import Augmenter, AugmentSettings
from goodfit.data.normalise import Normalise
from goodfit.data.source import Batch, Source
from goodfit.data.split import Split
from goodfit.errors import DataError, UsageError
from goodfit.fitting.console import Console
from goodfit.fitting.defaults import choose, choose_architecture
from goodfit.fitting.feature_net import feature_net
from goodfit.fitting.options import Asked
from goodfit.fitting.problem import take_aim
from goodfit.nets import architecture, build, measure, names, usual_options
from goodfit.nets.own_net import as_net, describe
from goodfit.nets.weights import load_pretrained
from goodfit.run import fingerprint
from goodfit.store.files import write_text
from goodfit.store.run_folder import CHECKPOINT
from goodfit.store.tensors import load_state, save_state
from goodfit.tasks.task import Task
from goodfit.train.budget import fit_to_budget, seconds_of_an_epoch
from goodfit.train.checkpoint import dump, restore
from goodfit.train.device import fits_on
from goodfit.train.ema import MovingAverage
from goodfit.train.fine_tuning import stage_groups, thawing
from goodfit.train.hyperparameters import Choice, Plan
from goodfit.train.loop import Position, Training
from goodfit.train.lr_finder import find_learning_rate
from goodfit.train.memory import shrinking
from goodfit.train.optimiser import make_optimiser, parameter_groups
from goodfit.train.precision import Precision, choose_precision
from goodfit.train.schedule import schedule
from goodfit.train.scratch_copy import set_memory_format

FINDER_BATCHES = 50  # gone through twice by the finder
MEASURED = 100_000  # rows that a net sets its fixed numbers from where they stay on disk
CLOSING_SECONDS = 6.0  # kept of a time budget for scores, predictions and the report


class Job:
    """One fit under way: what was found, what was chosen, and the training made of it."""

    def __init__(
        self,
        source: Source,
        asked: Asked,
        device: torch.device,
        folder: Path,
        cache: Path,
        console: Console,
        began: float,
    ) -> None:
        self.source, self.asked, self.device, self.folder = source, asked, device, folder
        self.cache, self.console, self.began = cache, console, began
        self.created = datetime.now(UTC).isoformat(timespec="seconds")
        self.choices: list[Choice] = []
        self.findings: list[Finding] = []
        self.task: Task
        self.split: Split
        self.y: Tensor
        self.y_train: Tensor
        self.training: Training
        self.model_record: dict[str, Any]
        self.epoch_seconds = 0.0
        self.fingerprint = fingerprint(source)

    def set_up(self, model: Any, params: list[Tensor] | None, state: Path | None) -> None:
        """Split, task, net, choices; then either a fresh training or the one that a checkpoint holds."""
        tensors, values = load_state(state) if state is not None else ({}, {})
        if values:
            self._check_same(values)
        for name, value, why in self.source.notes:
            self.choose(Choice(name, value, why))
        self._aim()
        net = self._net(model, params)
        feed, plan, precision = self._plan(net, Plan.from_json(values["plan"]) if values else None, values)
        groups = parameter_groups(stage_groups(self.model_record["arch"], net, plan.stage_decay), plan.weight_decay)
        self.training = Training(
            net=net,
            task=self.task,
            feed=feed,
            train_rows=self.split.rows("train"),
            valid_rows=self.split.rows("valid"),
            optimiser=make_optimiser(plan.optimiser, groups, self.device),
            schedule=schedule(plan.schedule),
            precision=precision,
            plan=plan,
            position=Position(),
            average=MovingAverage(net, plan.ema_decay) if plan.ema_decay else None,
            hold=thawing(self.model_record["arch"], net, plan.frozen_epochs),
            loss_sum=torch.zeros((), device=self.device),
        )
        if values:
            restore(self.training, tensors, values)
            self.created = values["created"]
            self.console.say(
                f"resumed at epoch {self.training.position.epoch + 1}, batch {self.training.position.batch}"
            )
        else:
            self._fit_schedule()
            self.save(self.training)
        write_text(self.folder / "split.csv", self.split.to_csv(self.source.keys))

    def note(self, findings: Sequence[Finding]) -> None:
        """Keep what the rules have seen, and tell it."""
        self.findings += findings
        for finding in findings:
            self.console.finding(finding)

    def choose(self, choice: Choice) -> None:
        self.choices.append(choice)
        self.console.choice(choice)

    def seconds_left(self, training: Training) -> float:
        """Of the time budget, what is left for training."""
        assert training.plan.minutes is not None
        test = len(self.split.rows("test")) / max(1, len(training.train_rows)) * self.epoch_seconds / 3
        return training.plan.minutes * 60 - (time.monotonic() - self.began) - test - CLOSING_SECONDS

    def save(self, training: Training) -> None:
        """Write the checkpoint."""
        tensors, values = dump(training)
        values |= {
            "asked": self.asked.to_json(),
            "data": self.fingerprint,
            "model": self.model_record,
            "normalise": training.feed.normalise.to_json() if training.feed.normalise is not None else None,
            "choices": [[choice.name, choice.value, choice.why] for choice in self.choices],
            "created": self.created,
        }
        save_state(self.folder / CHECKPOINT, tensors, values)

    def _check_same(self, values: dict[str, Any]) -> None:
        was, now = values["asked"], self.asked.to_json()
        changed = [name for name in now if now[name] != was.get(name) and now[name] != getattr(Asked(), name)]
        if changed:
            name = changed[0]
            raise UsageError(
                f"--{name.replace('_', '-')} is {now[name]} now and was {was.get(name)} when the run was started",
                where=self.folder,
                fix="Resume with the same options, or start again without --resume",
            )
        if values["data"] != self.fingerprint:
            raise DataError(
                "the data changed since the run was started", where=self.folder, fix="Start again without --resume"
            )
        self.asked = Asked(**was)

    def _aim(self) -> None:
        source = self.source
        aim = take_aim(source, self.asked)
        for choice in aim.choices:
            self.choose(choice)
        self.task, self.split, self.y, self.y_train = aim.task, aim.split, aim.y, aim.y_train
        if self.asked.feature_net is not None:
            if not self.task.accepts_feature_net:
                raise UsageError("--feature-net is for restoration", fix="Leave it out")
            net = feature_net(self.asked.feature_net, self.task.outputs, self.device)
            self.task = self.task.with_feature_net(net)
        source.learn(self.split.rows("train"))
        found = check_data(
            DataFacts(
                source.keys,
                aim.labels,
                self.split.parts,
                None if source.repeats else source.digests(),
                self.y.numpy() if self.task.output == "row" else None,
                source.columns(),
            )
        )
        self.note(found)

    def _net(self, model: Any, params: list[Tensor] | None) -> nn.Module:
        asked, shape, outputs = self.asked, self.source.in_shape, self.task.outputs
        if model is not None:
            net = as_net(model, params)
            self.model_record = {
                "arch": None,
                "own": describe(model),
                "in_shape": list(shape),
                "outputs": outputs,
                "options": {},
            }
            self.choose(Choice("net", describe(model), "given"))
            return net.to(self.device)
        dense = self.task.output == "image"
        arch, why = choose_architecture(shape, self.device.type != "cpu", dense)
        if self.source.arch is not None:
            arch, why = self.source.arch, f"for {self.source.kind} data"
        if asked.arch:
            arch, why = asked.arch, "given"
        options = usual_options(arch) | ({"width": asked.width} if asked.width else {}) | self.source.net_options()
        if architecture(arch).dense != dense:
            raise UsageError(
                f"{arch} gives {'an image' if architecture(arch).dense else 'one row'} for each image, and "
                f"{self.task.name} is of {'images' if dense else 'rows'}",
                fix=f"Choose one of {', '.join(names(len(shape), dense=dense))}",
            )
        if asked.checkpointing:
            if "checkpointing" not in options:
                raise UsageError(f"--checkpointing is for dense nets, and {arch} is none", fix="Leave it out")
            options["checkpointing"] = True
        options = self.task.net_options(options, pretrained=asked.pretrained is not None)
        net = build(arch, shape, outputs, **options)
        if asked.pretrained is not None:
            known = architecture(arch)
            part = net.get_submodule(known.body)
            loaded = load_pretrained(part, asked.pretrained, head=known.body_head or known.head)
            self.choose(Choice("pretrained", asked.pretrained, str(loaded)))
        self.model_record = {"arch": arch, "own": None, "in_shape": list(shape), "outputs": outputs, "options": options}
        taught = self.split.rows("train")
        if self.source.block is not None:  # the rows stay on disk: some, spread evenly, are enough to measure by
            taught = taught[:: max(1, len(taught) // MEASURED)]
        measure(net, lambda: self.source.read(taught), self.source.fixed())
        count = sum(parameter.numel() for parameter in net.parameters())
        self.choose(Choice("net", f"{arch}, {count / 1e6:.2f} million parameters", why))
        return net.to(self.device)

    def _plan(self, net: nn.Module, plan: Plan | None, values: dict[str, Any]) -> tuple[Feed, Plan, Precision]:
        """The plan (made now, or the one of the run that is resumed), with the feed and precision that it says."""
        asked, own = self.asked, self.model_record["arch"] is None
        shape = self.source.in_shape
        images = len(shape) == 3
        train_rows = self.split.rows("train")
        chosen = choose(
            asked,
            train_rows=len(train_rows),
            images=images,
            colour=images and shape[0] == 3,
            accelerator=self.device.type != "cpu",
            task=self.task,
            own_net=own,
            pretrained=asked.pretrained is not None,
            recipe=None if own else architecture(self.model_record["arch"]).recipes.get(self.task.family),
        )
        for choice in chosen.choices:
            self.choose(choice)
        self.task = self.task.with_label_smoothing(chosen.label_smoothing)
        feed = Feed(
            source=self.source,
            y=self.y,
            device=self.device,
            batch_size=chosen.batch_size * (asked.accumulate or 1),
            seed=asked.seed,
            normalise=self._normalise(own, train_rows, values),
            augment=self._augmenter(chosen.augment) if images else None,
        )
        whole = self.source.whole()
        if fits_on(self.device, whole.nbytes + self.y.nbytes):
            feed.resident = whole.to(self.device)
        first = feed.ready(self.source.read(train_rows[: chosen.batch_size]).to(self.device))
        targets = self.y.index_select(0, train_rows[: len(first)]).to(self.device)

        def loss_of(trial: nn.Module, x: Tensor) -> Tensor:
            return self.task.loss(trial(x), targets[: len(x)])

        if plan is None:
            memory = self.cache / "precision.json"
            wanted, why = asked.precision, "given"
            usual_precision = self.task.usual_precision()
            if wanted is None and usual_precision is not None:
                wanted, why = usual_precision
            precision, micro_batch = shrinking(
                lambda rows: choose_precision(
                    net, loss_of, first[:rows], self.device, wanted=wanted, why=why, memory=memory
                ),
                chosen.batch_size,
            )
            frozen = (1 if asked.freeze is None else asked.freeze) if asked.pretrained else asked.freeze or 0
            plan = Plan(
                epochs=chosen.epochs,
                batch_size=feed.batch_size,
                micro_batch=micro_batch,
                optimiser=chosen.optimiser,
                learning_rate=chosen.learning_rate or 0.0,
                weight_decay=chosen.weight_decay,
                schedule=chosen.schedule,
                precision=precision.dtype,
                channels_last=precision.channels_last,
                seed=asked.seed,
                clip_norm=asked.clip,
                ema_decay=asked.ema,
                label_smoothing=chosen.label_smoothing,
                minutes=asked.minutes,
                frozen_epochs=frozen,
                stage_decay=0.5 if asked.pretrained else 1.0,
            )
        else:
            precision = Precision(plan.precision, plan.channels_last, "as when the run was started")
        layout = "channels last" if precision.channels_last else "contiguous"
        self.choose(Choice("precision", f"{precision.dtype}, {layout}" if images else precision.dtype, precision.why))
        feed.channels_last = precision.channels_last
        if precision.channels_last:
            set_memory_format(net, channels_last=True)
        if plan.learning_rate == 0.0:
            self._find_rate(net, feed, plan, precision)
        if plan.micro_batch < chosen.batch_size:
            self.choose(Choice("passes", f"{plan.micro_batch} rows each", "out of memory with more"))
        return feed, plan, precision

    def _find_rate(self, net: nn.Module, feed: Feed, plan: Plan, precision: Precision) -> None:
        state = feed.generator.get_state()

        def loss_of(trial: nn.Module, batch: Batch) -> Tensor:
            with precision.autocast(self.device):
                return self.task.loss(trial(batch.x), batch.y)

        batches = [
            batch for batch, _ in zip(feed.epoch(self.split.rows("train"), 0), range(FINDER_BATCHES), strict=False)
        ]
        found, plan.micro_batch = shrinking(
            lambda rows: find_learning_rate(
                net,
                loss_of,
                [Batch(batch.x[:rows], batch.y[:rows], batch.rows[:rows]) for batch in batches],
                optimiser=plan.optimiser,
                weight_decay=plan.weight_decay,
                device=self.device,
            ),
            plan.micro_batch,
        )
        feed.generator.set_state(state)
        plan.learning_rate = found.learning_rate
        self.choose(
            Choice("learning rate", f"{found.learning_rate:g}", f"by the finder, {len(found.rates)} steps on a copy")
        )

    def _normalise(self, own: bool, train_rows: Tensor, values: dict[str, Any]) -> Normalise | None:
        """Means and standard deviations, from training rows only."""
        if self.source.arch is not None:
            return None  # its rows are z-scores and codes already
        if self.task.input_in_shares:
            return Normalise.shares(self.source.in_shape[0])
        if values:
            return Normalise.from_json(values["normalise"]) if values["normalise"] else None
        sample = self.source.read(train_rows[:: max(1, len(train_rows) // 5000)])
        if sample.dtype != torch.uint8 and own:
            return None  # floats for a net of one's own are taken as they are
        return Normalise.measure(sample)

    def _augmenter(self, name: str) -> Augmenter | None:
        settings = AugmentSettings.preset(name)
        self.task = self.task.with_augmentation(mirrored=settings.flip, turned=settings.turn)
        return None if settings == AugmentSettings.none() else Augmenter(settings, self.task.outputs, self.task.beside)

    def _fit_schedule(self) -> None:
        training = self.training
        if training.plan.minutes is None:
            training.position.pace = 1 / (training.plan.epochs * training.batches_an_epoch)
            return

        def loss_of(trial: nn.Module, batch: Batch) -> Tensor:
            return self.task.loss(trial(batch.x), batch.y)

        self.epoch_seconds = seconds_of_an_epoch(training, loss_of)
        fit_to_budget(training, self.seconds_left(training), self.epoch_seconds)
        inside = (
            f"; it stops after {training.plan.max_steps} steps, inside the first" if training.plan.max_steps else ""
        )
        self.choose(
            Choice(
                "epochs",
                str(training.plan.epochs),
                f"{training.plan.minutes:g} minutes at about {self.epoch_seconds:.0f} s an epoch{inside}",
            )
        )
