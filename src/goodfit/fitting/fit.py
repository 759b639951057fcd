"""From data to a model that can be trusted: the whole way, in the order in which it happens."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.watch import watch
from goodfit.data import open_data, source_options
from goodfit.data.images.cache import cache_folder
from goodfit.data.source import Source
from goodfit.errors import RunError, UsageError
from goodfit.fitting.console import Console
from goodfit.fitting.job import Job
from goodfit.fitting.options import Asked
from goodfit.fitting.scoring import finish
from goodfit.run import Run, load
from goodfit.store.files import ensure_folder
from goodfit.store.run_folder import CHECKPOINT, RECORD
from goodfit.train.device import choose_device
from goodfit.train.hyperparameters import Choice
from goodfit.train.memory import keep_freed_memory
from goodfit.train.session import Interrupted, run_to_end


def fit(
    data: Any,
    *,
    model: Any = None,
    params: list[Tensor] | None = None,
    valid: Any = None,
    test: Any = None,
    kind: str | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    cache: str | Path | None = None,
    quiet: bool = True,
    console: Console | None = None,
    **options: Any,
) -> Run:
    """Fit a model: read, split, choose, train, judge, save.

    Args:
        data: a path (class folders of images, a table, a .npz), a frame (pandas, polars, ...), arrays (x, y), or an
            opened source such as `goodfit.images(...)`.
        model: your own net instead of an architecture: an `nn.Module`, a plain function of the mini-batch (with
            `params`), or "train.py:net". It takes the mini-batch (N, ...) and nothing else, and gives (N, outputs).
        params: the leaf tensors that a plain function uses; they are fitted in place.
        valid, test: data of these parts, where the data came in parts.
        kind: how to read the data, such as "table"; found from the data when None.
        out: the run folder; runs/NAME of the data's name when None.
        resume: go on with a stopped run of this data, to the same result bit for bit as if it had never been stopped.
        cache: where decoded images are kept.
        quiet: no progress on stderr.
        console: where progress goes; made from `quiet` when None.
        options: the fields of `goodfit.train.asked.Asked`: epochs, minutes, arch, lr, batch_size, seed, augment,
            precision, ... and those of the data's source: target="income". None or left out means: choose well.

    Returns:
        The run, with the model of the best epoch.

    Raises:
        GoodfitError: something is wrong with what was given: what, where, and how to fix it.
        KeyboardInterrupt: stopped by Ctrl-C; the checkpoint is kept, `resume=True` goes on.
    """
    began = time.monotonic()
    of_source = {option.name for option in source_options()} & options.keys()
    given = {name: options.pop(name) for name in of_source}
    try:
        asked = Asked(**options)
    except TypeError as error:
        raise UsageError(str(error).replace("Asked.__init__() ", "fit() "), fix="See help(goodfit.fit)") from error
    console = console or Console(quiet=quiet)
    source = open_data(data, valid=valid, test=test, kind=kind, **given)
    folder, state = _folder(source, out, resume, console)
    if (folder / RECORD).exists():
        console.say(f"{folder} is finished already")
        return load(folder, model=model, params=params, device=asked.device)
    cache_place = cache_folder(Path(cache) if cache is not None else None)
    device, why_device = choose_device(asked.device)
    console.choice(Choice("device", device.type, why_device))
    if device.type == "cpu":
        keep_freed_memory()
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(asked.seed)
        with console.progress("reading") as progress:
            source.prepare(accelerator=device.type != "cpu", cache=cache_place, progress=progress)
        job = Job(source, asked, device, folder, cache_place, console, began)
        job.set_up(model, params, state)
        training = job.training
        try:
            with watch(quiet=True) as seen:  # the same rules as goodfit check
                run_to_end(training, job.save, console, job.seconds_left if training.plan.minutes else None)
            job.note(seen.findings)
        except Interrupted:
            console.say(f"stopped; go on with the same command and --resume (checkpoint in {folder})")
            raise KeyboardInterrupt from None
        return finish(job)


def _folder(source: Source, out: str | Path | None, resume: bool, console: Console) -> tuple[Path, Path | None]:
    """The run folder, made and writable, and the checkpoint to go on from, if any."""
    name = source.name or "run"
    if out is not None:
        folder = Path(out)
        if resume:
            state = folder / CHECKPOINT
            if not state.exists() and not (folder / RECORD).exists():
                console.say(f"nothing to resume in {folder}: starting")
            return ensure_folder(folder), state if state.exists() else None
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RunError(
                "this folder is in use",
                where=folder,
                fix="Choose another --out, or add --resume to go on with the run in it",
            )
        return ensure_folder(folder), None
    runs = Path("runs")
    numbered = [runs / (name if number == 1 else f"{name}-{number}") for number in range(1, 10_000)]
    taken = [folder for folder in numbered if folder.exists()]
    if resume:
        for folder in reversed(taken):
            if (folder / CHECKPOINT).exists():
                return ensure_folder(folder), folder / CHECKPOINT
        if taken and (taken[-1] / RECORD).exists():
            return taken[-1], None
        console.say("nothing to resume: starting")
    return ensure_folder(next(folder for folder in numbered if not folder.exists())), None
