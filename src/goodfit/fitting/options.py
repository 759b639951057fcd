"""The options of a fit, each declared once: the command line, range checks, types, docs and JSON are made from this.

None means: choose well. Options of reading the data belong to the sources (`Source.options`).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from types import NoneType
from typing import Any, get_args, get_type_hints

from goodfit.data import source_options
from goodfit.errors import UsageError
from goodfit.options import Option, named_otherwise, not_needed


def declared(text: str, group: str, default: Any = None, **limits: Any) -> Any:
    """A field with what `Option` needs besides its name and type."""
    return field(default=default, metadata={"help": text, "group": group, **limits})


def parse_rate(value: float | str) -> float | str:
    """A learning rate as a number, or "find".

    Raises:
        UsageError: neither, or out of range.
    """
    if value == "find":
        return value
    fix = "Give a learning rate such as 0.002, or find"
    try:
        rate = float(value)
    except (TypeError, ValueError):
        raise UsageError(f"--lr {value} is not a number", fix=fix) from None
    if not 0 < rate < 1000:
        raise UsageError(f"--lr {value} is out of range", fix=fix)
    return rate


@dataclass(frozen=True, kw_only=True)
class FitOptions:
    """What the user asked for."""

    task: str | None = declared(
        "What to predict: classification, multilabel, regression, ... [from the targets].", "Data"
    )
    valid_share: float | None = declared(
        "Share of the rows for validation [0.15, less above 10,000 rows].", "Data", low=0.001, high=0.9
    )
    test_share: float | None = declared(
        "Share of the rows for the test [0.15, less above 10,000 rows].", "Data", low=0.001, high=0.9
    )
    folds: int | None = declared(
        "Cross-fitting: folds of the training rows that validate in turn; 1: a validation part [5 for tables of up to "
        "10,000 rows, and for few images].",
        "Data",
        low=1,
        high=20,
    )
    arch: str | None = declared(
        "Architecture, such as resnet34, unet-resnet18, tabm; `goodfit nets` lists them.", "Model"
    )
    width: int | None = declared("Channels of the first stage.", "Model", low=1, high=4096)
    checkpointing: bool = declared(
        "DenseNets: recompute activations in the backward pass to save memory.", "Model", False
    )
    pretrained: str | None = declared(
        "Pretrained weights: imagenet, none, a .safetensors file, or a hub name such as timm/resnet18.a1_in1k "
        "[imagenet for photos, where goodfit[photos] is installed].",
        "Model",
    )
    freeze: int | None = declared(
        "Fine-tuning: epochs in which only the head is trained, the first of them to the optimum [1].",
        "Model",
        low=0,
        high=100_000,
    )
    epochs: int | None = declared("Passes over the training rows.", "Training", low=1, high=100_000)
    minutes: float | None = declared(
        "Time budget instead of epochs: the schedule is fitted to it.", "Training", low=0.05, high=1e6
    )
    batch_size: int | None = declared("Rows per forward and backward pass.", "Training", low=1, high=1_000_000)
    accumulate: int | None = declared(
        "Accumulate gradients over N passes; the effective batch is N times --batch-size.", "Training",
        low=1, high=100_000,
    )  # fmt: skip
    lr: float | str | None = declared(
        "Peak learning rate, or `find` for a learning-rate range test.", "Training", parse=parse_rate
    )
    optimiser: str | None = declared("Optimiser: adamw, muon or sgd.", "Training")
    weight_decay: float | None = declared("Weight decay; norms and biases have none.", "Training", low=0, high=10)
    schedule: str | None = declared(
        "Learning-rate schedule: one-cycle, cosine, linear, steps or constant [one-cycle].", "Training"
    )
    label_smoothing: float | None = declared("Label smoothing.", "Training", low=0, high=0.9)
    clip: float | None = declared("Clip the gradient norm to this value.", "Training", low=1e-9, high=1e9)
    ema: float | None = declared(
        "Decay of an exponential moving average of the weights, such as 0.999.", "Training", low=0, high=0.99999
    )
    sync_norm: bool | None = declared(
        "Batch norm over the rows of all processes, as with one [yes]; without it, each process normalises its own.",
        "Training",
        either=True,
    )
    shard: bool | None = declared(
        "Several processes: keep a part of the weights and of the optimiser's state in each (FSDP2).", "Training"
    )
    precision: str | None = declared(
        "float32 or bfloat16 [bfloat16 where the device has instructions for it].", "Training"
    )
    augment: str | None = declared(
        "Augmentation: none, light (shifts), mirror (flips), standard, strong; scenes for segmentation, pieces for "
        "restoration.",
        "Images",
    )
    loss: str | None = declared(
        "Segmentation: dice, cross-entropy or focal. Restoration: mse, l1 or feature.", "Segmentation"
    )
    feature_net: str | None = declared(
        "Network for --loss feature: a ResNet run folder, or ARCH:weights.safetensors.", "Restoration"
    )
    interval: bool = declared("90% prediction intervals of a number, prediction sets of classes.", "Run", False)
    rivals: str | None = declared(
        "Other models fitted on the same rows, scored beside the net and blended with it: all or none [all].",
        "Tables",
        choices=("all", "none"),
    )
    device: str | None = declared("cpu, cuda or mps [the fastest there is].", "Run")
    speed: int | None = declared(
        "Speed of the processor in Gflop/s, which nets and epochs follow from [measured, as a coarse class].",
        "Run", low=1, high=1_000_000,
    )  # fmt: skip
    exact: bool = declared(
        "Sum in one fixed order, by one thread: 1, 2, 4 and 8 processes give the same model bit for bit.", "Run", False
    )
    seed: int = declared("Random seed: same seed, same machine, same result.", "Run", 0, low=0, high=2**62)

    def __post_init__(self) -> None:
        for option in fit_options():
            object.__setattr__(self, option.name, option.checked(getattr(self, option.name)))
        if self.epochs is not None and self.minutes is not None:
            raise UsageError("--epochs and --minutes were both given", fix="Give one of them")

    @property
    def of_training(self) -> bool:
        """Whether anything was asked for that is for a net which is trained."""
        return any(
            getattr(self, option.name) is not None
            for option in fit_options()
            if option.group == "Training" or option.name in ("width", "augment")
        )

    @property
    def fine_tunes(self) -> bool:
        """Whether a pretrained net is trained itself, and not its head alone."""
        return (self.epochs or 1) > 1 or self.minutes is not None or self.freeze == 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@cache
def fit_options() -> tuple[Option, ...]:
    """The options in the order of `goodfit fit --help`."""
    hints = get_type_hints(FitOptions)
    return tuple(
        Option(name=each.name, type=_value_type(hints[each.name]), **each.metadata) for each in fields(FitOptions)
    )


# Keywords of fit itself.
OF_THE_CALL = {"valid", "test", "kind", "out", "resume", "more", "model", "cache", "quiet", "verbose"}


def split_options(given: Mapping[str, Any]) -> tuple[FitOptions, dict[str, Any]]:
    """Keywords of `fit` as its own options and those of the source.

    Raises:
        UsageError: an option that neither a fit nor any source has.
    """
    own = {option.name for option in fit_options()}
    known = own | {option.name for option in source_options()}
    for name in given:
        if name not in known:
            meant = named_otherwise(name, known | OF_THE_CALL)
            near = [meant] if meant is not None else difflib.get_close_matches(name, known | OF_THE_CALL, n=1)
            advice = f"Did you mean {near[0]}?" if near else "See help(goodfit.fit)"
            raise UsageError(f"there is no option '{name}'", fix=not_needed(name) or advice)
    values = {name: value for name, value in given.items() if value is not None}
    if "device" in values:
        values["device"] = str(values["device"])  # of a torch.device
    options = FitOptions(**{name: value for name, value in values.items() if name in own})
    return options, {name: value for name, value in values.items() if name not in own}


def _value_type(hint: Any) -> type:
    """str of `float | str | None`, int of `int | None`: what the text of a command line becomes first."""
    kinds = [kind for kind in get_args(hint) or (hint,) if kind is not NoneType]
    return str if str in kinds else kinds[0]
