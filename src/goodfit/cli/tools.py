"""The demo, looking at nets, making data, the cache."""

from __future__ import annotations

from pathlib import Path

import click

from goodfit.cli.options import A_PATH, called, common, option
from goodfit.formatting import counted
from goodfit.quick_imports import quick_imports


@click.command()
@click.option("--out", type=A_PATH, default=None, help="Folder to make [goodfit-demo].")
@common
def demo(out: Path | None, as_json: bool, quiet: bool, cache: Path | None) -> None:
    """Train on built-in real data: 1,797 handwritten digits."""
    with quick_imports(keep=True):
        from goodfit.cli.demo import free_folder, run_demo
    from goodfit.cli.result import show_run

    folder = out or free_folder()
    show_run(run_demo(folder, quiet=quiet, cache=cache), as_json)
    if not as_json:
        click.echo(f"\nNext: {called()} predict {folder}/run {folder}/new -o predictions.csv")


@click.command(name="nets")
@click.argument("name", required=False)
@click.option("--size", default="224", show_default=True, help="Image size in pixels: a side, or WIDTHxHEIGHT.")
@click.option("--channels", type=click.IntRange(min=1), default=3, show_default=True, help="Image channels.")
@click.option(
    "--outputs",
    type=click.IntRange(min=1),
    default=None,
    help="Outputs of the head [1000; 1 where the output is an image].",
)
@click.option("--width", type=click.IntRange(min=1), default=None, help="Channels of the first stage.")
@click.option("--batch", type=click.IntRange(min=1), default=1, show_default=True, help="Images per batch.")
def list_nets(name: str | None, size: str, channels: int, outputs: int | None, width: int | None, batch: int) -> None:
    """List the architectures, or the layers of one.

    With a NAME: shape, parameters and multiply-adds of each layer, and the memory of a training step.
    """
    from goodfit.data.images.sizes import given_size
    from goodfit.nets import architecture
    from goodfit.nets.describe import describe, overview, table

    if name is None:
        click.echo("\n".join(overview()))
        return
    wide, high = given_size(size) or (224, 224)
    wanted = outputs or (1 if architecture(name).dense else 1000)
    options = {} if width is None else {"width": width}
    click.echo("\n".join(table(describe(name, (channels, high, wide), wanted, batch, **options))))


@click.command(name="degrade")
@click.argument("clean", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="Folder to make.")
@click.option("--kind", required=True, help="How: jpeg, noise, blur, downscale, text or grey.")
@click.option(
    "--strength",
    type=float,
    default=None,
    help="JPEG quality [10], standard deviation of noise [25] or blur [2], scale factor, lines of text.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Random seed: the same seed makes the same images."
)
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def degrade_images(clean: Path, output: Path, kind: str, strength: float | None, seed: int, quiet: bool) -> None:
    """Degrade images, to train restoration on the result.

    Then run goodfit fit OUTPUT --clean CLEAN.
    """
    from goodfit.data.images.degrade import degrade
    from goodfit.fitting.console import Console

    with Console(quiet=quiet).progress("degrading") as progress:
        done = degrade(clean, output, kind, strength=strength, seed=seed, progress=progress)
    for path, why in done.unreadable:
        click.echo(f"left out: {path}: {why}", err=True)
    click.echo(f"{counted(done.written, 'image')} -> {output}\nNext: {called()} fit {output} --clean {clean}")


@click.group()
def cache() -> None:
    """Show or clear the cache of decoded images."""


@cache.command(name="info")
@option("--cache", click.Path(path_type=Path), "Folder of the cache [$GOODFIT_CACHE, or the user's cache].")
def cache_info(cache: Path | None) -> None:
    """Print the folder of the cache and its size."""
    from goodfit.data.cache_folder import cache_place, info

    held = info(cache_place(cache))
    click.echo(f"{held.path}: {counted(held.files, 'file')}, {held.bytes / 1e6:,.1f} MB")


@cache.command(name="clear")
@option("--cache", click.Path(path_type=Path), "Folder of the cache [$GOODFIT_CACHE, or the user's cache].")
def cache_clear(cache: Path | None) -> None:
    """Remove all decoded images: files that the cache lists as its own, and no others."""
    from goodfit.data.cache_folder import cache_place, clear

    gone = clear(cache_place(cache))
    click.echo(f"{gone.path}: {counted(gone.files, 'file')} removed, {gone.bytes / 1e6:,.1f} MB")


ALL = (list_nets, degrade_images, cache)
