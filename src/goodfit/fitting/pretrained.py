"""Which pretrained weights a fit starts from: those that were named, or ImageNet's for photos if they are at hand."""

from __future__ import annotations

from dataclasses import dataclass

from goodfit.data.images.sizes import are_photos
from goodfit.data.normalise import Normalise
from goodfit.data.source import PhotoNet, Source
from goodfit.errors import UsageError
from goodfit.fitting.options import FitOptions
from goodfit.nets import imagenet
from goodfit.nets.weights import ON_THE_HUB
from goodfit.tasks.task import Task

NONE = "none"  # as --pretrained takes it
IMAGENET_MEAN, IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # as torchvision and timm have it
BYTES = 255.0


@dataclass(frozen=True)
class Weights:
    """Pretrained weights of a fit.

    Attributes:
        where: as --pretrained takes it: imagenet, a file or a hub name.
        arch: the architecture that they are of, where that is known.
        why: they were chosen.
    """

    where: str
    arch: str | None
    why: str


def photo_net(options: FitOptions, *, own_net: bool) -> PhotoNet | None:
    """The pretrained net that photos may be prepared for, where one is at hand.

    Raises:
        UsageError: imagenet beside an architecture that its weights are not of.
        ModelError: imagenet was asked for and is not installed.
    """
    asked = options.pretrained == imagenet.NAME
    photos = PhotoNet(imagenet.SIDE, asked=asked)
    if asked:
        of = imagenet.LITE0.arch
        if options.arch not in (None, of, f"unet-{of}"):
            of_hub = ON_THE_HUB.get(options.arch.removeprefix("unet-"))
            raise UsageError(
                f"the weights of --pretrained {imagenet.NAME} are of {of}, and --arch is {options.arch}",
                fix="Leave --arch out" + (f", or give --pretrained {of_hub} (from the hub)" if of_hub else ""),
            )
        imagenet.imagenet_weights(imagenet.LITE0)  # before the work: they are there, and whole
        return photos
    return photos if _is_free(options) and not own_net and imagenet.installed(imagenet.LITE0) is not None else None


def _is_free(options: FitOptions) -> bool:
    """Whether net and weights are left to goodfit."""
    return options.pretrained is None and options.arch is None and options.width is None


def choose_weights(source: Source, task: Task, options: FitOptions) -> Weights | None:
    """The weights that the net of an architecture starts from; None: from scratch."""
    if options.pretrained == NONE:
        return None
    if options.pretrained == imagenet.NAME:
        dense = task.output == "image"
        return Weights(imagenet.NAME, f"unet-{imagenet.LITE0.arch}" if dense else imagenet.LITE0.arch, "given")
    if options.pretrained is not None:
        return Weights(options.pretrained, None, "given")
    if not would_start_from_photos(source, task, options) or imagenet.installed(imagenet.LITE0) is None:
        return None
    return Weights(imagenet.NAME, imagenet.LITE0.arch, f"for photos; --pretrained {NONE} starts from scratch")


def would_start_from_photos(source: Source, task: Task, options: FitOptions) -> bool:
    """Whether weights of photos are chosen by themselves, where they are installed."""
    if not _is_free(options) or source.arch is not None or task.output != "row" or not source.images:
        return False
    if options.folds is not None and options.folds > 1 and options.fine_tunes:
        return False  # a net for each fold: they start from scratch
    channels, *sides = source.in_shape
    return are_photos(channels, min(sides), len(source))


def published_normalise(where: str, channels: int) -> Normalise | None:
    """How the input of published weights was normalised; None where that is not known: for other than colour images."""
    mean, deviation = (
        (imagenet.LITE0.mean, imagenet.LITE0.deviation)
        if where == imagenet.NAME
        else (tuple(BYTES * each for each in IMAGENET_MEAN), tuple(BYTES * each for each in IMAGENET_DEVIATION))
    )
    if channels == 1:
        mean, deviation = (sum(mean) / 3,), (sum(deviation) / 3,)
    if len(mean) != channels:
        return None
    return Normalise.of(mean, deviation)
