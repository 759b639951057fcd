"""What tests share: small real images, the data sets beside the repository, and a cache of their own."""

from __future__ import annotations

import gc
import html
import importlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from goodfit.naming import names_of_the_command

ROOT = Path(__file__).resolve().parents[1]
THREADS = 1  # `make test` runs a process on every core; and sums come out in the same order on every machine

settings.register_profile("goodfit", deadline=None)  # a busy machine is slow, and that is no fault of the code
settings.load_profile("goodfit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest test begins first: at the end others would have run out."""
    items.sort(key=lambda item: item.path.name != "test_types.py")


def pytest_collection_finish() -> None:
    """What is here before the first test stays to the end: the collector need not walk it at every run that is left.

    Thousands of tests and all of torch are a million objects, and each release of a run collects: 0.5 s without this.
    """
    importlib.import_module("torch._dynamo")  # the first optimiser would
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _own_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Caches and subprocesses of the tests stay away from the user's; torch has one thread."""
    import torch

    torch.set_num_threads(THREADS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOODFIT_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("OMP_NUM_THREADS", str(THREADS))
        patch.setenv("HF_HUB_OFFLINE", "1")  # no test goes to the network
        patch.setenv("MPLBACKEND", "Agg")  # no test opens a window
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]))
        yield


@pytest.fixture(scope="module", autouse=True)
def _what_earlier_files_left_is_not_collected_again() -> None:
    """Modules that they imported and what is kept in caches; at 100 ms a collection, of which each fit has several."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def _plots_are_made_and_not_rendered(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of fits in this process: rendering is a sixth of what such tests take. Modules marked `plots` look at them.

    What a drawing raises fails the test here, and does not stand on the page in its place.
    """
    from goodfit.report import drawings
    from goodfit.report.svg import clean

    def made(make: Callable[[], object], prefix: str, alt: str) -> str:
        make()
        return f'<svg id="{prefix}" aria-label="{html.escape(clean(alt))}"></svg>'

    with pytest.MonkeyPatch.context() as patch:
        if request.node.get_closest_marker("plots") is None:
            patch.setattr(drawings, "_drawn", made)
        yield


@pytest.fixture(autouse=True)
def _threads_stay_as_they_are() -> Iterator[None]:
    """Tests that come later compare bits, and sums of two threads have others."""
    import torch

    yield
    assert torch.get_num_threads() == THREADS, "the test changed the number of torch's threads and left it so"


@pytest.fixture(autouse=True)
def _messages_name_options_of_the_command() -> Iterator[None]:
    """As they are written in the code; tests/run/test_option_names.py reads them as a caller from Python does."""
    with names_of_the_command():
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of larger data sets beside the repository; the test is skipped where there is none."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no shared/data beside the repository")
    return folder


@pytest.fixture(scope="session")
def digits_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """scikit-learn's first 300 digits (8x8, grey) as class folders of PNGs: digits/7/00042.png. To be read only."""
    from PIL import Image
    from sklearn.datasets import load_digits

    folder = tmp_path_factory.mktemp("pictures") / "digits"
    digits = load_digits()
    for row, (image, label) in enumerate(zip(digits.images[:300], digits.target[:300], strict=True)):
        path = folder / str(label) / f"{row:05d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((image * (255 / 16)).round().astype("uint8")).save(path)
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The zoo's table, where more than its quick programs were run."""
    if "not zoo" in config.option.markexpr:
        return
    stats = terminalreporter.stats.values()
    reports = [each for of_status in stats for each in of_status if getattr(each, "when", "") == "call"]
    properties = [dict(getattr(report, "user_properties", [])) for report in reports]
    records = [each["zoo"] for each in properties if "zoo" in each]
    if records:
        from zoo import table_lines

        terminalreporter.section("the zoo")
        terminalreporter.write("\n".join(table_lines(records)) + "\n")
