"""Checking and explaining, looking at nets, making data, the cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from goodfit.cli.options import called, option


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("target", type=str)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("-m", "module", is_flag=True, help="TARGET is a module, as for python -m.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text", help="Of the report."
)
@click.option("--select", multiple=True, help="Ask these rules alone: a name, a code, or its beginning (GF2).")
@click.option("--ignore", multiple=True, help="Leave these rules out.")
@click.option(
    "--fail-on", type=click.Choice(["error", "warning", "never"]), default="error", help="Exit status 1 from here on."
)
@click.option(
    "--steps", type=click.IntRange(min=1), default=None, help="Stop the program after so many optimiser steps."
)
@click.option("--baseline", type=click.Path(path_type=Path), default=None, help="Leave out what this file accepts.")
@click.option(
    "--write-baseline", type=click.Path(path_type=Path), default=None, help="Accept what is found from now on."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None, help="Write the report to a file [stdout]."
)
def check(target: str, arguments: tuple[str, ...], **options: Any) -> None:
    """Find the silent mistakes of a PyTorch program, or of a folder or table of data.

    goodfit check [OPTIONS] train.py [ARGUMENTS OF train.py]
    """
    from goodfit.checks.command import check_target

    raise click.exceptions.Exit(check_target(target, arguments, **options))


@click.command()
@click.argument("rule", required=False)
def explain(rule: str | None) -> None:
    """Explain a finding: what is checked, why it hurts, what to do instead; without a name, list the rules."""
    from goodfit.checks.rule import rules

    if rule is None:
        click.echo("\n".join(f"{one.code}  {one.level.value:<8} {one.page.splitlines()[0]}" for one in rules()))
        return
    known = {one.name: one for one in rules()} | {one.code: one for one in rules()}
    if rule not in known:
        raise click.UsageError(f"no rule '{rule}'; there are {', '.join(sorted(one.name for one in rules()))}")
    click.echo(f"{known[rule].code} {known[rule].page}")


@click.command(name="nets")
@click.argument("name", required=False)
@click.option("--size", default="224", show_default=True, help="Of the images: a side, or WIDTHxHEIGHT.")
@click.option("--channels", type=click.IntRange(min=1), default=3, show_default=True, help="Of the images.")
@click.option("--outputs", type=click.IntRange(min=1), default=None, help="Width of the head [1000; of an image 1].")
@click.option("--width", type=click.IntRange(min=1), default=None, help="Channels of the first stage.")
@click.option("--batch", type=click.IntRange(min=1), default=1, show_default=True, help="Images at a time.")
def list_nets(name: str | None, size: str, channels: int, outputs: int | None, width: int | None, batch: int) -> None:
    """List the architectures; with a NAME, its layers: shapes, parameters, multiply-adds, memory of a training step."""
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
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The folder to make.")
@click.option("--kind", required=True, help="jpeg, noise, blur, downscale, text or grey.")
@click.option(
    "--strength", type=float, default=None, help="Quality of jpeg [10], sd of noise [25] or blur [2], factor, lines."
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed makes the same images.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def degrade_images(clean: Path, output: Path, kind: str, strength: float | None, seed: int, quiet: bool) -> None:
    """Make images worse, to learn restoration from: then goodfit fit OUTPUT --clean CLEAN."""
    from goodfit.data.images.degrade import degrade
    from goodfit.fitting.console import Console

    with Console(quiet=quiet).progress("degrading") as progress:
        done = degrade(clean, output, kind, strength=strength, seed=seed, progress=progress)
    for path, why in done.unreadable:
        click.echo(f"left out: {path}: {why}", err=True)
    click.echo(f"{done.written:,} images -> {output}\nNext: {called()} fit {output} --clean {clean}")


@click.group()
def cache() -> None:
    """The cache of decoded images."""


@cache.command(name="info")
@option("--cache", click.Path(path_type=Path), "Where it is.")
def cache_info(cache: Path | None) -> None:
    """Say where the cache is and how large."""
    from goodfit.data.images.cache import cache_folder, info

    found = info(cache_folder(cache))
    click.echo(f"{found.path}: {found.files} files, {found.bytes / 1e6:,.1f} MB")


@cache.command(name="clear")
@option("--cache", click.Path(path_type=Path), "Where it is.")
def cache_clear(cache: Path | None) -> None:
    """Remove every decoded image."""
    from goodfit.data.images.cache import cache_folder, clear

    gone = clear(cache_folder(cache))
    click.echo(f"{gone.path}: {gone.files} files removed, {gone.bytes / 1e6:,.1f} MB")


ALL = (check, explain, list_nets, degrade_images, cache)
