"""The choices that nobody made: epochs, batch size, optimiser, rate, augmentation. Each has its why.

The figures come from runs on validation rows, never on test rows: docs/benchmarks.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

from goodfit.data.images.mirrors import Mirrors
from goodfit.errors import UsageError
from goodfit.fitting.effort import Effort
from goodfit.fitting.options import FitOptions
from goodfit.formatting import counted
from goodfit.nets import Recipe
from goodfit.record import Choice
from goodfit.tasks.task import Task
from goodfit.train.optimiser import check_optimiser

EPOCHS_AT_LEAST, EPOCHS_AT_MOST = 6, 60
EPOCHS_OF_ONE_ROW = 265  # divided by the cube root of the rows: 27 epochs of 1,000 rows, 7 of 54,000
LEARNING_RATE_AND_DECAY = {"adamw": (3e-3, 0.05), "muon": (1.2e-2, 0.05), "sgd": (0.1, 5e-4)}
FINE_TUNING_RATE = 3e-4
EPOCHS_THAT_MEMORISE = 12  # from here on a net sees an image often enough to learn it by heart: augmentation pays
NO_REPETITION = "; few epochs, so little repetition"
EPOCHS_OF_MUON = 5  # the same with Muon, of grey images
ROWS_OF_A_LARGE_BATCH = 50_000

Value = TypeVar("Value")


@dataclass(frozen=True)
class Facts:
    """What the defaults depend on.

    Attributes:
        train_rows: rows of the training part.
        channels: of images (C, H, W); None where x is no image.
        accelerator: a GPU trains; it needs larger batches to be busy.
        own_net: the net is the user's own: nothing is known of its best rate, so that the finder looks for it.
        pretrained: fine-tuning needs lower rates and fewer epochs.
        frozen_start: the first epoch fits a linear head to the features of the pretrained net as it is.
        fixed_features: nothing but the head is learnt, and that to the optimum in the first epoch.
        recipe: of the architecture for this task, where it has one.
        effort: what can be afforded on this machine, where that is known.
        mirrors: what the training images say of being mirrored, where they are enough to tell.
        noun: what a row is called.
    """

    train_rows: int
    channels: int | None
    accelerator: bool
    task: Task
    own_net: bool = False
    pretrained: bool = False
    frozen_start: bool = False
    fixed_features: bool = False
    recipe: Recipe | None = None
    effort: Effort | None = None
    mirrors: Mirrors | None = None
    noun: str = "row"


@dataclass(frozen=True)
class Defaults:
    """The values, and a line for each that was chosen here."""

    epochs: int
    batch_size: int
    optimiser: str
    learning_rate: float | None  # None: by the finder
    weight_decay: float
    schedule: str
    label_smoothing: float
    augment: str
    ema_decay: float | None
    patience: int | None  # epochs without a better one, after which it ends
    choices: tuple[Choice, ...]


def usual_choices(options: FitOptions, facts: Facts) -> Defaults:
    """Fill in what was not asked for.

    Raises:
        UsageError: an optimiser that there is not, or an option that would do nothing here.
    """
    choices: list[Choice] = []
    epochs = options.epochs or usual_epochs(facts)
    steps = epochs > 1 or options.minutes is not None or not (facts.frozen_start or facts.fixed_features)

    def pick(name: str, given: Value | None, usual: Value, why: str) -> Value:
        value = usual if given is None else given
        if given is not None or steps or name == "epochs":  # without steps the others are of no consequence
            choices.append(Choice(name, str(value), "given" if given is not None else why))
        return value

    rows = counted(facts.train_rows, f"training {facts.noun}")
    recipe = None if facts.pretrained else facts.recipe
    patience = recipe.patience if recipe is not None and options.epochs is None else None
    if options.minutes is None:
        why = rows if patience is None else f"at most: it ends after {patience} without a better one"
        if facts.effort is not None and facts.effort.why:
            why = facts.effort.why
        if facts.frozen_start and epochs == 1:
            why = "the pretrained net as it is with a linear head; --minutes 10 fine-tunes it as well"
        if facts.fixed_features and epochs == 1:
            why = "the head is fitted to the optimum"
        epochs = pick("epochs", options.epochs, epochs, why)
    batch_size = pick("batch size", options.batch_size, usual_batch_size(facts), rows)
    name, why = "adamw", "works over a wide range of rates"
    if recipe is not None:
        name, why = recipe.optimiser, why if recipe.optimiser == "adamw" else recipe.why
    check_optimiser(options.optimiser or name)
    optimiser = pick("optimiser", options.optimiser, name, why)
    rate, why = usual_rate(facts, optimiser)
    learning_rate = None
    if options.lr != "find" and (options.lr is not None or not facts.own_net):
        learning_rate = pick("learning rate", None if options.lr is None else float(options.lr), rate, why)
    decay, why = usual_decay(facts, optimiser)
    weight_decay = pick("weight decay", options.weight_decay, decay, f"{why}; norms and biases have none")
    steady = recipe is not None and recipe.schedule == "constant"
    schedule = pick(
        "schedule",
        options.schedule,
        recipe.schedule if recipe is not None else "one-cycle",
        "its end is not known beforehand" if steady else "reaches a good net in few epochs",
    )
    ema_decay = options.ema
    usual_ema = None if recipe is None or options.shard else recipe.ema_decay  # an average is whole in each process
    if options.ema is not None or usual_ema is not None:
        ema_decay = pick("weight average", options.ema, usual_ema, "the decay of a moving average, which is kept")
    smoothing = 0.0
    if (
        usual := facts.task.usual_label_smoothing(images=facts.channels is not None, own_net=facts.own_net)
    ) is not None:
        smoothing = pick("label smoothing", options.label_smoothing, *usual)
    elif options.label_smoothing:
        raise UsageError(f"--label-smoothing has no meaning for {facts.task.name}", fix="Leave it out")
    augment = "none"
    if (preset := usual_augmentation(facts, epochs)) is not None:
        augment = pick("augmentation", options.augment, *preset) if steps else "none"
    elif options.augment not in (None, "none"):
        raise UsageError("--augment is for images, and these rows are none", fix="Leave it out")
    return Defaults(
        epochs,
        batch_size,
        optimiser,
        learning_rate,
        weight_decay,
        schedule,
        smoothing,
        augment,
        ema_decay,
        patience,
        tuple(choices),
    )


def usual_epochs(facts: Facts) -> int:
    """More for few rows, by a recipe's number of rows to see where the architecture has one.

    Fine-tuning costs ten times what the frozen features do, and gives 0% to 1% (docs/decisions/023-photos.md).
    """
    if facts.frozen_start or facts.fixed_features:
        return 1
    recipe, rows = facts.recipe, facts.train_rows
    if recipe is not None and recipe.most_epochs is not None:
        return recipe.most_epochs if facts.effort is None else facts.effort.epochs
    if recipe is not None and recipe.rows_to_see is not None:
        return max(EPOCHS_AT_LEAST, min(EPOCHS_AT_MOST, round(recipe.rows_to_see / rows)))
    if facts.effort is not None:
        return facts.effort.epochs
    return EPOCHS_AT_LEAST if facts.pretrained else epochs_of_rows(rows)


def epochs_of_rows(rows: int) -> int:
    """Of a net for images from scratch."""
    return max(EPOCHS_AT_LEAST, min(EPOCHS_AT_MOST, round(EPOCHS_OF_ONE_ROW / math.cbrt(rows))))


def usual_batch_size(facts: Facts) -> int:
    """Rows of one pass, halved until an epoch has eight steps: one or two would learn nothing.

    On a CPU a larger batch is no faster, and learns less; but where a step costs all weights (of 165,000 users and
    items) the batch doubles until an epoch has no more steps than the recipe says.
    """
    size = 256 if facts.accelerator and facts.train_rows >= ROWS_OF_A_LARGE_BATCH else 64
    if facts.recipe is not None:
        size, most_steps = facts.recipe.batch_size, facts.recipe.most_steps
        while most_steps is not None and facts.train_rows > most_steps * size:
            size *= 2
    while size > 8 and facts.train_rows < 8 * size:
        size //= 2
    return size


def usual_rate(facts: Facts, optimiser: str) -> tuple[float, str]:
    """The peak learning rate, and why."""
    if facts.pretrained:
        return FINE_TUNING_RATE, "usual for fine-tuning"
    if facts.recipe is not None and optimiser == facts.recipe.optimiser:
        return facts.recipe.learning_rate, facts.recipe.why
    return LEARNING_RATE_AND_DECAY[optimiser][0], f"usual for {optimiser} on this net"


def usual_decay(facts: Facts, optimiser: str) -> tuple[float, str]:
    """The weight decay, and why."""
    if facts.recipe is not None and optimiser == facts.recipe.optimiser:
        return facts.recipe.weight_decay, facts.recipe.why
    return LEARNING_RATE_AND_DECAY[optimiser][1], f"usual for {optimiser}"


def usual_augmentation(facts: Facts, epochs: int) -> tuple[str, str] | None:
    """The preset for images, and why; None for rows that are no images."""
    if (of_task := facts.task.usual_augmentation()) is not None:
        return of_task
    if facts.channels is None:
        return None
    plain = facts.effort is not None  # of a plain net with Muon: docs/decisions/028-speed-from-scratch.md
    colour, mirrors = facts.channels == 3, facts.mirrors
    many = epochs >= (EPOCHS_OF_MUON if plain and not colour else EPOCHS_THAT_MEMORISE)
    repeated = "" if many or (plain and colour) else NO_REPETITION
    if mirrors is not None and mirrors.harmful:
        return "light" if many else "none", f"mirrored, its images are near to those of other targets{repeated}"
    if mirrors is not None and mirrors.harmless and not colour:
        why = f"mirrored, its images are near to those of like targets{repeated}"
        return "mirror" if many or plain else "none", why
    if colour:
        name = "standard" if many and not plain else "mirror"
        return name, f"colour images keep their meaning when flipped{repeated}"
    return "light" if many else "none", f"grey images may be text, so no flips{repeated}"
