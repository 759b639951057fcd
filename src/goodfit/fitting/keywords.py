"""The keywords of `goodfit.fit`, for editors and type checkers. Made by `make keywords`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, TypedDict


class FitKeywords(TypedDict, total=False):
    """What a fit may be told; what is left out is chosen well.

    Attributes:
        task: What to predict: classification, multilabel, regression, ... [from the targets].
        valid_share: Share of the rows for validation [0.15, less above 10,000 rows].
        test_share: Share of the rows for the test [0.15, less above 10,000 rows].
        folds: Cross-fitting: folds of the training rows that validate in turn; 1: a validation part [5 for
            tables of up to 10,000 rows, and for few images].
        arch: Architecture, such as resnet34, unet-resnet18, tabm; `goodfit nets` lists them.
        width: Channels of the first stage.
        checkpointing: DenseNets: recompute activations in the backward pass to save memory.
        pretrained: Pretrained weights: imagenet, none, a .safetensors file, or a hub name such as
            timm/resnet18.a1_in1k [imagenet for photos, where goodfit[photos] is installed].
        freeze: Fine-tuning: epochs in which only the head is trained, the first of them to the optimum [1].
        epochs: Passes over the training rows.
        minutes: Time budget instead of epochs: the schedule is fitted to it.
        batch_size: Rows per forward and backward pass.
        accumulate: Accumulate gradients over N passes; the effective batch is N times --batch-size.
        lr: Peak learning rate, or `find` for a learning-rate range test.
        optimiser: Optimiser: adamw, muon or sgd.
        weight_decay: Weight decay; norms and biases have none.
        schedule: Learning-rate schedule: one-cycle, cosine, linear, steps or constant [one-cycle].
        label_smoothing: Label smoothing.
        clip: Clip the gradient norm to this value.
        ema: Decay of an exponential moving average of the weights, such as 0.999.
        sync_norm: Batch norm over the rows of all processes, as with one [yes]; without it, each process
            normalises its own.
        shard: Several processes: keep a part of the weights and of the optimiser's state in each (FSDP2).
        precision: float32 or bfloat16 [bfloat16 where the device has instructions for it].
        augment: Augmentation: none, light (shifts), mirror (flips), standard, strong; scenes for segmentation,
            pieces for restoration.
        loss: Segmentation: dice, cross-entropy or focal. Restoration: mse, l1 or feature.
        feature_net: Network for --loss feature: a ResNet run folder, or ARCH:weights.safetensors.
        interval: 90% prediction intervals of a number, prediction sets of classes.
        rivals: Other models fitted on the same rows, scored beside the net and blended with it: all or none
            [all].
        device: cpu, cuda or mps [the fastest there is].
        speed: Speed of the processor in Gflop/s, which nets and epochs follow from [measured, as a coarse
            class].
        exact: Sum in one fixed order, by one thread: 1, 2, 4 and 8 processes give the same model bit for bit.
        seed: Random seed: same seed, same machine, same result.
        size: Images: Side of the images in pixels, or WIDTHxHEIGHT, as the net sees them [chosen from them].
            Segmentation: Longer side of the images in pixels, or WIDTHxHEIGHT, as the net sees them [theirs, up
            to 320]. Restoration: Side in pixels, or WIDTHxHEIGHT, of the middle that is cut out of each image
            [theirs, up to 512].
        resize: How images of another shape are brought to the size: crop (the middle), squash or pad [crop;
            photos are seen whole].
        stream: Read and decode the images anew in each epoch, and keep none decoded [where the cache has no
            room for them].
        group: Images: Keep images of one group in one part: a column of the CSV, or a pattern such as
            '{group}/*'. Tables: Keep rows of one group in one part: a column, such as customer.
        layout: What the folders are, where it is not clear: parts (train, valid, test, with classes in them) or
            classes; files: their names begin with their classes (cat.0.jpg).
        path: The column of a list that holds the paths of the images [by its cells].
        tags: What separates the labels of one image in a list: bar, semicolon, comma or space; none: each has
            one [by them].
        masks: Masks of the images, of the same names: index, palette or colour PNGs.
        valid_masks: Masks of the separate validation images.
        test_masks: Masks of the separate test images.
        void: The class of a mask to ignore: its number, or its name in --codes.
        codes: A file of class names, one a line; with the value after each name for masks of grey values, or
            with red,green,blue for masks of colours.
        binary: Masks of two classes: pixels from this value on are class 1, all others class 0 [by their
            values].
        orientation: Where EXIF data turns images and not their masks (or clean images): these are of the stored
            pixels, or of the upright image [by their shapes].
        clean: Clean images of the same names: the net learns to restore them.
        valid_clean: Clean images of the separate validation part.
        test_clean: Clean images of the separate test part.
        target: The column to predict; several, separated by commas, give one output each.
        header: The first line names the columns, or is a row [decided from all lines].
        separator: Between cells: comma, semicolon, tab, bar or a character [detected].
        encoding: Encoding of a text file, such as cp1252 [detected].
        fill_gaps: Read lines with too few cells as rows with gaps.
        sheet: The sheet of a workbook [the only one with rows].
        time: Split by time: a column; validation and test rows are later than training rows.
        decimal: Decimal mark of numbers: . or , [decided from all columns].
        date_order: What 03/04/2024 begins with: day or month [from all dates of a column].
        categorical: Columns to read as categories, separated by commas.
        numeric: Columns to read as numbers, separated by commas.
        text: Columns to read as free text, separated by commas.
        ignore: Columns to leave out, separated by commas.
        missing: Cells that are no values, separated by commas, such as -999.
        user: The column of users.
        item: The column of items.
        user_features: A table with one row a user, of what else is known about them.
        item_features: A table with one row an item, of what else is known about them.
    """

    task: str | None
    valid_share: float | None
    test_share: float | None
    folds: int | None
    arch: str | None
    width: int | None
    checkpointing: bool
    pretrained: str | None
    freeze: int | None
    epochs: int | None
    minutes: float | None
    batch_size: int | None
    accumulate: int | None
    lr: float | str | None
    optimiser: str | None
    weight_decay: float | None
    schedule: str | None
    label_smoothing: float | None
    clip: float | None
    ema: float | None
    sync_norm: bool | None
    shard: bool | None
    precision: str | None
    augment: str | None
    loss: str | None
    feature_net: str | None
    interval: bool
    rivals: str | None
    device: str | None
    speed: int | None
    exact: bool
    seed: int
    size: int | str | None
    resize: str | None
    stream: bool | None
    group: str | None
    layout: str | None
    path: str | None
    tags: str | None
    masks: str | os.PathLike[str] | None
    valid_masks: str | os.PathLike[str] | None
    test_masks: str | os.PathLike[str] | None
    void: int | str | None
    codes: str | os.PathLike[str] | None
    binary: int | None
    orientation: str | None
    clean: str | os.PathLike[str] | None
    valid_clean: str | os.PathLike[str] | None
    test_clean: str | os.PathLike[str] | None
    target: str | Sequence[str] | None
    header: bool | None
    separator: str | None
    encoding: str | None
    fill_gaps: bool | None
    sheet: str | None
    time: str | None
    decimal: str | None
    date_order: str | None
    categorical: Sequence[str] | str
    numeric: Sequence[str] | str
    text: Sequence[str] | str
    ignore: Sequence[str] | str
    missing: Sequence[str] | str
    user: str | None
    item: str | None
    user_features: Any
    item_features: Any
