"""What the user asked for: every option of a fit that is not about reading the data. None means: choose well."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from goodfit.errors import UsageError


@dataclass(frozen=True)
class Asked:
    """Options of a fit; see `goodfit.fit` for what each means."""

    task: str | None = None
    arch: str | None = None
    width: int | None = None
    checkpointing: bool = False
    pretrained: str | None = None
    freeze: int | None = None
    epochs: int | None = None
    minutes: float | None = None
    batch_size: int | None = None
    accumulate: int | None = None
    lr: float | str | None = None
    optimiser: str | None = None
    weight_decay: float | None = None
    schedule: str | None = None
    label_smoothing: float | None = None
    clip: float | None = None
    ema: float | None = None
    augment: str | None = None
    loss: str | None = None
    feature_net: str | None = None
    precision: str | None = None
    device: str | None = None
    interval: bool = False
    seed: int = 0
    valid_share: float | None = None
    test_share: float | None = None

    def __post_init__(self) -> None:
        for name, low, high in (
            ("epochs", 1, 100_000),
            ("minutes", 0.05, 1e6),
            ("batch_size", 1, 1_000_000),
            ("accumulate", 1, 100_000),
            ("weight_decay", 0, 10),
            ("label_smoothing", 0, 0.9),
            ("clip", 1e-9, 1e9),
            ("ema", 0, 0.99999),
            ("valid_share", 0.001, 0.9),
            ("test_share", 0.001, 0.9),
            ("freeze", 0, 100_000),
            ("width", 1, 4096),
            ("seed", 0, 2**62),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise UsageError(f"--{name.replace('_', '-')} {value} is out of range", fix=f"Give {low:g} to {high:g}")
        if isinstance(self.lr, str) and self.lr != "find":
            raise UsageError(f"--lr {self.lr} is not a number", fix="Give a learning rate such as 0.002, or find")
        if isinstance(self.lr, (int, float)) and not 0 < self.lr < 1000:
            raise UsageError(f"--lr {self.lr} is out of range", fix="Give a learning rate such as 0.002, or find")
        if self.epochs is not None and self.minutes is not None:
            raise UsageError("--epochs and --minutes were both given", fix="Give one of them")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
