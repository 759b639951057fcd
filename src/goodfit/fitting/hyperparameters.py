"""Choosing the hyperparameters: what was asked for, what is usual, and what is measured on this machine."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from goodfit.data.feed import Feed
from goodfit.data.images.augment import Augmenter, AugmentSettings
from goodfit.data.images.mirrors import IMAGES_ASKED, Mirrors, count_mirrors, made_small
from goodfit.data.normalise import Normalise
from goodfit.data.source import Batch
from goodfit.errors import UsageError
from goodfit.fitting.defaults import Defaults, Facts, usual_choices
from goodfit.fitting.journal import Journal
from goodfit.fitting.net import Net
from goodfit.fitting.options import FitOptions
from goodfit.fitting.pretrained import published_normalise
from goodfit.fitting.problem import Problem
from goodfit.formatting import counted
from goodfit.nets import Recipe, architecture
from goodfit.tasks.task import Task
from goodfit.train.device import fits_on
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.lr_finder import RANGE_TEST, find_learning_rate
from goodfit.train.memory import shrinking
from goodfit.train.memory_format import set_memory_format
from goodfit.train.precision import Precision, choose_precision

FINDER_BATCHES = 50  # gone through twice by the finder
ROWS_NORMALISED_BY = 5_000
IMAGES_READ_AT_ONCE = 64  # where a pass over some thousands does: all of 224 px as numbers would take gigabytes


@dataclass(frozen=True)
class Setup:
    """How the training goes: the hyperparameters, and the feed of batches and the task that follow from them."""

    hyper: Hyperparameters
    feed: Feed
    task: Task


def choose_hyperparameters(
    problem: Problem, net: Net, options: FitOptions, device: torch.device, journal: Journal, threads_beside: int = 0
) -> Setup:
    """Every choice that training depends on: given or usual.

    Args:
        threads_beside: of this process's, those that the rivals take meanwhile.

    Raises:
        UsageError: an option with a value that there is not, or one that the net cannot learn with.
    """
    facts = _facts(problem, net, options, device)
    usual = usual_choices(options, facts)
    _refuse_single_rows(net, usual.batch_size)
    for choice in usual.choices:
        journal.choose(choice.name, choice.value, choice.why)
    normalise = usual_normalise(problem, net)
    batch_size = usual.batch_size * (options.accumulate or 1)
    task = trained_task(problem.task, net, usual.augment, usual.label_smoothing)
    feed = make_feed(problem, task, device, batch_size, options.seed, normalise, usual.augment)
    images = len(problem.source.in_shape) == 3
    precision = _precision(task, net, facts.recipe, options, device, images=images)
    layout = "channels last" if precision.channels_last else "contiguous"
    journal.choose("precision", f"{precision.dtype}, {layout}" if images else precision.dtype, precision.why)
    threads = facts.recipe.threads if facts.recipe is not None and device.type == "cpu" else None
    if threads is not None:
        journal.choose("threads", threads, "more would wait for each other longer than they compute")
    elif threads_beside:
        threads = torch.get_num_threads() - threads_beside
        journal.choose("threads", threads, f"beside {threads_beside} for its rivals, which learn meanwhile")
    fine_tuning = net.pretrained is not None
    hyper = _hyperparameters(options, usual, batch_size, precision, threads, fine_tuning=fine_tuning)
    use_memory_format(net.module, feed, hyper)
    if usual.learning_rate is None:
        hyper = _with_found_rate(problem, task, feed, net, hyper, precision, journal)
    if hyper.micro_batch < usual.batch_size:
        journal.choose("passes", f"{counted(hyper.micro_batch, problem.source.noun)} each", "out of memory with more")
    return Setup(hyper, feed, task)


def _refuse_single_rows(net: Net, batch_size: int) -> None:
    """Raise where batch norm would be given a row at a time, which it cannot hold against any other."""
    if batch_size == 1 and any(isinstance(part, nn.BatchNorm1d) for part in net.module.modules()):
        raise UsageError(
            "this net has batch norm, which needs more than a row at a time, and --batch-size is 1",
            fix="Give --batch-size 2 or more, or another --arch",
        )


def make_feed(
    problem: Problem,
    task: Task,
    device: torch.device,
    batch_size: int,
    seed: int,
    normalise: Normalise | None,
    augment: str,
) -> Feed:
    """The feed of batches; a set that fits is held on an accelerator whole."""
    source = problem.source
    settings = AugmentSettings.preset(augment)
    augmented = len(source.in_shape) == 3 and settings != AugmentSettings.none()
    feed = Feed(
        source=source,
        y=problem.y,
        device=device,
        batch_size=batch_size,
        seed=seed,
        normalise=normalise,
        augment=Augmenter(settings, task.outputs, task.beside) if augmented else None,
    )
    if source.streamed:
        return feed
    x = source.whole()
    if fits_on(device, x.nbytes + problem.y.nbytes):
        feed.resident = x.to(device)
    return feed


def trained_task(task: Task, net: Net, augment: str, label_smoothing: float) -> Task:
    """The task as it is trained: with label smoothing, and with what the augmentation shows the net."""
    settings = AugmentSettings.preset(augment)
    task = task.with_label_smoothing(label_smoothing)
    looks_again = net.record.arch is not None and architecture(net.record.arch).looks_again
    return task.with_augmentation(
        mirrored=settings.flip, turned=settings.turn, shifted=looks_again and settings.shift > 0
    )


def usual_normalise(problem: Problem, net: Net) -> Normalise | None:
    """Means and standard deviations of the input; None where x goes in as it is.

    Of published weights they are those that these were trained with, else they come from training rows only.
    """
    source = problem.source
    if source.arch is not None:
        return None  # its rows are z-scores and codes already
    if problem.task.input_in_shares or net.fixed_features:
        return Normalise.shares(source.in_shape[0])
    if net.pretrained is not None and source.images:
        published = published_normalise(net.pretrained, source.in_shape[0])
        if published is not None:
            return published
    rows = problem.split.rows("train")
    rows = rows[:: max(1, len(rows) // ROWS_NORMALISED_BY)]
    if source.images:
        return Normalise.of_bytes(source.read_each(rows.split(IMAGES_READ_AT_ONCE)))
    sample = source.read(rows)
    if sample.dtype != torch.uint8 and net.own:
        return None  # floats for a net of one's own are taken as they are
    return Normalise.measure(sample)


def use_memory_format(module: nn.Module, feed: Feed, hyper: Hyperparameters) -> None:
    """Lay the net's weights and the feed's images out as the hyperparameters say."""
    feed.channels_last = hyper.channels_last
    if hyper.channels_last:
        set_memory_format(module, channels_last=True)


def _facts(problem: Problem, net: Net, options: FitOptions, device: torch.device) -> Facts:
    shape = problem.source.in_shape
    known = None if net.record.arch is None else architecture(net.record.arch)
    recipes = {} if known is None else dict(known.recipes)
    if known is not None and problem.split.folds is not None:
        recipes |= known.crossed_recipes
    return Facts(
        train_rows=len(problem.split.rows("train")),
        channels=shape[0] if len(shape) == 3 else None,
        accelerator=device.type != "cpu",
        task=problem.task,
        own_net=net.own,
        pretrained=net.pretrained is not None,
        frozen_start=net.linear_head is not None and net.pretrained is not None and options.freeze != 0,
        fixed_features=net.fixed_features,
        recipe=recipes.get(problem.task.family),
        effort=net.effort,
        mirrors=_mirrors(problem) if options.augment is None else None,
        noun=problem.source.noun,
    )


def _mirrors(problem: Problem) -> Mirrors | None:
    """Asked of training images that have a class, labels or numbers each, spread evenly."""
    source = problem.source
    if len(source.in_shape) != 3 or problem.task.output != "row":
        return None
    rows = problem.split.rows("train")
    rows = rows[:: max(1, len(rows) // IMAGES_ASKED)][:IMAGES_ASKED]
    targets = problem.task.net_units(problem.y[rows])
    if targets is None:
        return None
    pieces = source.read_each(rows.split(IMAGES_READ_AT_ONCE))
    return count_mirrors(made_small(pieces, len(rows)), targets.numpy())


def _precision(
    task: Task, net: Net, recipe: Recipe | None, options: FitOptions, device: torch.device, *, images: bool
) -> Precision:
    """As asked for, as is usual for the task, or by rule from the device and the net."""
    dtype, why = options.precision, "given"
    if dtype is None and (usual := task.usual_precision()) is not None:
        dtype, why = usual
    if dtype is None and recipe is not None and recipe.precision is not None:
        dtype, why = recipe.precision, "for products this small"
    arch = net.record.arch
    large = images if arch is None else architecture(arch).large_products
    return choose_precision(
        net.module, device, images=images, large_products=large, own_net=net.own, dtype=dtype, why=why
    )


def _hyperparameters(
    options: FitOptions,
    usual: Defaults,
    batch_size: int,
    precision: Precision,
    threads: int | None,
    *,
    fine_tuning: bool,
) -> Hyperparameters:
    usual_frozen = 1 if fine_tuning else 0
    return Hyperparameters(
        epochs=usual.epochs,
        batch_size=batch_size,
        micro_batch=usual.batch_size,
        optimiser=usual.optimiser,
        learning_rate=usual.learning_rate or 0.0,
        weight_decay=usual.weight_decay,
        schedule=usual.schedule,
        precision=precision.dtype,
        channels_last=precision.channels_last,
        seed=options.seed,
        augment=usual.augment,
        clip_norm=options.clip,
        ema_decay=usual.ema_decay,
        label_smoothing=usual.label_smoothing,
        minutes=options.minutes,
        frozen_epochs=usual_frozen if options.freeze is None else options.freeze,
        stage_decay=0.5 if fine_tuning else 1.0,
        patience=usual.patience,
        threads=threads,
    )


def _with_found_rate(
    problem: Problem, task: Task, feed: Feed, net: Net, hyper: Hyperparameters, precision: Precision, journal: Journal
) -> Hyperparameters:
    """The hyperparameters with the learning rate that the range test suggests."""
    before = feed.generator.get_state()

    def loss_of(trial: nn.Module, batch: Batch) -> Tensor:
        with precision.autocast(feed.device):
            return task.loss(trial(batch.x), batch.y)

    epoch = feed.epoch(problem.split.rows("train"), 0)
    batches = [batch for batch, _ in zip(epoch, range(FINDER_BATCHES), strict=False)]
    test, micro_batch = shrinking(
        lambda rows: find_learning_rate(
            net.module,
            loss_of,
            [Batch(batch.x[:rows], batch.y[:rows], batch.rows[:rows]) for batch in batches],
            optimiser=hyper.optimiser,
            weight_decay=hyper.weight_decay,
            device=feed.device,
        ),
        hyper.micro_batch,
    )
    feed.generator.set_state(before)
    steps = len(test.rates)
    journal.analyses[RANGE_TEST] = {
        "rates": list(test.rates),
        "losses": list(test.losses),
        "chosen": test.learning_rate,
    }
    journal.choose("learning rate", f"{test.learning_rate:g}", f"by a range test of {counted(steps, 'step')} on a copy")
    return replace(hyper, learning_rate=test.learning_rate, micro_batch=micro_batch)
