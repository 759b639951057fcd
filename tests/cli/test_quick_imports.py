"""What a command imports, and how."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from goodfit.quick_imports import quick_imports


@pytest.mark.parametrize("collects", [True, False])
def test_the_collector_rests_meanwhile_and_is_then_as_before(collects: bool) -> None:
    (gc.enable if collects else gc.disable)()
    try:
        with quick_imports():
            assert not gc.isenabled()
        assert gc.isenabled() == collects
        with pytest.raises(ImportError), quick_imports():
            raise ImportError
        assert gc.isenabled() == collects
    finally:
        gc.enable()


def test_the_command_reads_its_arguments_without_torch_and_without_what_reads_data() -> None:
    program = (
        "import sys, goodfit.cli.app\n"
        "heavy = ('torch', 'numpy', 'polars', 'goodfit.data')\n"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_fit_imports_no_compiler() -> None:
    """torch's takes a second and a half, for an optimiser that is never compiled."""
    program = (
        "import sys, torch, goodfit.train.loop\n"
        "from goodfit.train.optimiser import OPTIMISERS, make_optimiser\n"
        "for name in OPTIMISERS:\n"
        "    weight = torch.nn.Parameter(torch.ones(2, 2, 3, 3))\n"
        "    weight.grad = torch.ones_like(weight)\n"
        "    group = {'params': [weight], 'weight_decay': 0.0, 'share': 1.0}\n"
        "    made = make_optimiser(name, [group], torch.device('cpu'))\n"
        "    made.step()\n"
        "    made.load_state_dict(made.state_dict())\n"
        "    made.add_param_group({**group, 'params': [torch.nn.Parameter(torch.ones(1))]})\n"
        "    print(type(made).__name__, bool((weight < 1).all()), 'torch._dynamo' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["AdamW True False", "Muon True False", "SGD True False"]
