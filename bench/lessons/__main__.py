"""Make the lessons: measure their experiments, run their blocks, and write figures and outputs into the pages.

    make lessons                   everything that the data on this machine allows (about an hour of one core)
    make lessons ONLY=7            one lesson
    make lessons ONLY=7 HOW=--pages    its page alone, from the figures of the last time (seconds)

Fashion-MNIST, CamVid and ml-100k are looked for in ../shared/data, or where GOODFIT_LESSONS_DATA says.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from lessons.figures import save
from lessons.page import FOLDER, blocks, goodfit_command, pages, regions, run, with_outputs, with_regions
from lessons.training import Missing

MEASURED = FOLDER / "measured"
HERE = Path(__file__).parent


def experiment(number: int) -> Any:
    """The module of a lesson's experiment; None for a lesson whose blocks show all."""
    found = sorted(HERE.glob(f"lesson_{number:02d}_*.py"))
    return importlib.import_module(f"lessons.{found[0].stem}") if found else None


def written(number: int, page: Path) -> str:
    """The page with its measured texts, from the figures that were kept."""
    module, text = experiment(number), page.read_text(encoding="utf-8")
    if module is None:
        return text
    if not (kept := MEASURED / f"{number:02d}.json").exists():
        return with_regions(text, dict.fromkeys(regions(text), f"*Not measured yet: `make lessons ONLY={number}`.*"))
    return with_regions(text, module.texts(json.loads(kept.read_text(encoding="utf-8"))))


def measure(number: int) -> None:
    """Take a lesson's figures anew and keep them, with its plots."""
    module = experiment(number)
    if module is None:
        return
    start = time.perf_counter()
    try:
        results = module.measure()
    except Missing as missing:
        print(f"lesson {number}: skipped, {missing}")
        return
    MEASURED.mkdir(exist_ok=True)
    kept = json.dumps(_short(results), indent=1, ensure_ascii=False)
    (MEASURED / f"{number:02d}.json").write_text(kept + "\n", encoding="utf-8")
    print(f"lesson {number}: measured in {time.perf_counter() - start:.0f} s", flush=True)


def draw(number: int) -> None:
    """A lesson's plots, from the figures that were kept."""
    module = experiment(number)
    kept = MEASURED / f"{number:02d}.json"
    if module is None or not hasattr(module, "plots") or not kept.exists():
        return
    results = json.loads(kept.read_text(encoding="utf-8"))
    for name, figure in module.plots(results).items():
        save(figure, FOLDER / "plots" / name)


def _short(value: Any) -> Any:
    """Floats with six digits: more would change with the machine."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {str(key): _short(each) for key, each in value.items()}
    return [_short(each) for each in value] if isinstance(value, list | tuple) else value


def write_page(number: int, page: Path) -> None:
    """Run the blocks of a page and write what they printed, and what was measured, into it."""
    text, start = written(number, page), time.perf_counter()
    printed: dict[int, str] = {}
    namespace: dict[str, Any] = {"__name__": "__main__"}
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for block in blocks(text):
                output = run(block, namespace, Path(folder), goodfit_command, str(page))
                if output is not None and block.file is None:
                    printed[block.line] = output
        finally:
            os.chdir(before)
    page.write_text(with_outputs(text, printed), encoding="utf-8")
    print(f"{page.name}: blocks run in {time.perf_counter() - start:.1f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make lessons", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", type=int, metavar="N", help="this lesson alone")
    parser.add_argument("--pages", action="store_true", help="measure nothing: write the pages and plots again")
    given = parser.parse_args()
    torch.set_num_threads(1)  # sums come out in the same order on every machine
    for page in pages():
        number = int(page.name[:2])
        if given.only not in (None, number):
            continue
        if not given.pages:
            measure(number)
        draw(number)
        write_page(number, page)


if __name__ == "__main__":
    main()
