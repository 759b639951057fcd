"""The choices that nobody made: architecture, epochs, batch size, learning rate, augmentation. Each has its why.

The figures come from runs on validation rows, never on test rows: docs/benchmarks.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from goodfit.fitting.options import Asked
from goodfit.nets import Recipe
from goodfit.tasks.task import Task
from goodfit.train.hyperparameters import Choice
from goodfit.train.optimiser import check_optimiser

FEWEST_EPOCHS, MOST_EPOCHS = 6, 60
EPOCHS_AT_ONE_ROW = 265  # divided by the cube root of the rows: 27 epochs of 1,000 rows, 7 of 54,000
USUAL = {"adamw": (3e-3, 0.05), "muon": (1.2e-2, 0.05), "sgd": (0.1, 5e-4)}  # learning rate, weight decay
MANY_EPOCHS = 12  # from here on a net sees an image often enough to learn it by heart: augmentation pays


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
    choices: list[Choice]


def choose_architecture(in_shape: tuple[int, ...], accelerator: bool, dense: bool = False) -> tuple[str, str]:
    """The net for data of this shape (without the batch), and why; `dense`: one that gives an image."""
    if dense:
        return ("unet-resnet18" if accelerator else "unet-resnet10"), "the output is an image of the input's size"
    if len(in_shape) == 1:
        return "mlp", "the rows are flat"
    side = max(in_shape[-2:])
    if side <= 64 and not accelerator:
        return "resnet10", f"images of {side} px on a CPU"
    return "resnet18", f"images of {side} px"


def choose(
    asked: Asked,
    *,
    train_rows: int,
    images: bool,
    colour: bool,
    accelerator: bool,
    task: Task,
    own_net: bool,
    pretrained: bool,
    recipe: Recipe | None = None,
) -> Defaults:
    """Fill in what was not asked for.

    Args:
        train_rows: rows of the training part.
        images: whether x is (N, C, H, W); augmentation is for those alone.
        colour: three channels.
        accelerator: a GPU trains; it needs larger batches to be busy.
        task: what is predicted.
        own_net: the net is the user's own: nothing is known of its best rate, so that the finder looks for it.
        pretrained: fine-tuning needs lower rates and fewer epochs.
        recipe: of the architecture for this task, where it has one.
    """
    choices: list[Choice] = []

    def pick(name: str, given: object, value: object, why: str) -> object:
        taken = value if given is None else given
        choices.append(Choice(name, str(taken), "given" if given is not None else why))
        return taken

    most = FEWEST_EPOCHS if pretrained else MOST_EPOCHS
    epochs = max(FEWEST_EPOCHS, min(most, round(EPOCHS_AT_ONE_ROW / train_rows ** (1 / 3))))
    if recipe is not None and recipe.rows_to_see is not None:
        epochs = max(FEWEST_EPOCHS, min(MOST_EPOCHS, round(recipe.rows_to_see / train_rows)))
    if asked.minutes is None:
        epochs = int(str(pick("epochs", asked.epochs, epochs, f"{train_rows:,} training rows")))
    batch = 256 if accelerator and train_rows >= 50_000 else 64  # on a CPU a larger batch is no faster, and learns less
    batch = batch if recipe is None else recipe.batch_size
    while batch > 8 and train_rows < 8 * batch:  # a step or two an epoch would learn nothing
        batch //= 2
    batch = int(str(pick("batch size", asked.batch_size, batch, f"{train_rows:,} training rows")))
    usual_optimiser, why = "adamw", "works over a wide range of rates"
    if recipe is not None and not pretrained:
        usual_optimiser, why = recipe.optimiser, why if recipe.optimiser == "adamw" else recipe.why
    check_optimiser(asked.optimiser or usual_optimiser)
    optimiser = str(pick("optimiser", asked.optimiser, usual_optimiser, why))
    usual, decay = USUAL[optimiser]
    rate: float | None = 3e-4 if pretrained else usual
    why = "usual for fine-tuning" if pretrained else f"usual for {optimiser} on this net"
    if recipe is not None and optimiser == recipe.optimiser and not pretrained:
        rate, why = recipe.learning_rate, recipe.why
    if asked.lr == "find" or (asked.lr is None and own_net):
        rate = None
    else:
        rate = float(str(pick("learning rate", asked.lr, rate, why)))
    if recipe is not None and optimiser == recipe.optimiser:
        decay = recipe.weight_decay
    decay = float(
        str(pick("weight decay", asked.weight_decay, decay, f"usual for {optimiser}; norms and biases are spared"))
    )
    plan = str(pick("schedule", asked.schedule, "one-cycle", "reaches a good net in few epochs"))
    smoothing = 0.0
    usual_smoothing = task.usual_label_smoothing(images=images, own_net=own_net)
    if usual_smoothing is not None:
        smoothing = float(str(pick("label smoothing", asked.label_smoothing, *usual_smoothing)))
    augment = "none"
    usual_augmentation = task.usual_augmentation()
    if usual_augmentation is not None:
        augment = str(pick("augmentation", asked.augment, *usual_augmentation))
    elif images:
        often = epochs >= MANY_EPOCHS
        augment = ("standard" if often else "mirror") if colour else ("light" if often else "none")
        why = "colour images keep their meaning when flipped" if colour else "grey images may be writing: no flips"
        why += "" if often else "; few epochs, so that little is seen twice"
        augment = str(pick("augmentation", asked.augment, augment, why))
    return Defaults(epochs, batch, optimiser, rate, decay, plan, smoothing, augment, choices)
