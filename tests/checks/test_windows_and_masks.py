"""Windows of one series that two data sets hold, and masks of classes that were resized by means of pixels."""

from __future__ import annotations

import ast

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

import goodfit as gf
from goodfit.checks.rules.classes_between import _made_whole


class Cuts(Dataset[tuple[Tensor, Tensor]]):
    """Windows of 12 steps that are kept in a list, so that nothing but its batches shows them."""

    def __init__(self, series: Tensor, starts: list[int]) -> None:
        self.rows = [(series[at : at + 12], series[at + 12 : at + 13]) for at in starts]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, at: int) -> tuple[Tensor, Tensor]:
        return self.rows[at]


EVERY_THIRD = list(range(0, 240, 3))
NOISE = torch.randn(260, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("series", "train", "test", "found"),
    [
        (NOISE, [at for at in range(240) if at % 3], EVERY_THIRD, {"windows-across-parts"}),
        (NOISE, list(range(180)), list(range(192, 240)), set()),  # by time
        (NOISE, list(range(180)), list(range(160)), set()),  # the score of training rows, from a data set made anew
        (NOISE, list(range(0, 240, 10)), list(range(5, 230, 50)), {"windows-across-parts"}),  # seven steps of twelve
        (NOISE, list(range(0, 240, 24)), list(range(12, 240, 24)), set()),  # side by side
        (
            torch.sin(torch.arange(260) % 30 / 5.0),
            [at for at in range(240) if at % 3],
            EVERY_THIRD,
            set(),
        ),  # it repeats
        ((torch.arange(260) % 40 == 0) * 0.5, [at for at in range(240) if at % 7], list(range(0, 240, 7)), set()),
    ],
)
def test_windows_that_two_data_sets_give(series: Tensor, train: list[int], test: list[int], found: set[str]) -> None:
    torch.manual_seed(0)
    net = nn.Linear(12, 1)
    optimiser = torch.optim.SGD(net.parameters(), lr=1e-3)
    with gf.watch(quiet=True, strict=True, select=["windows-across-parts"]) as seen:
        for _ in range(3):
            for x, y in DataLoader(Cuts(series, train), batch_size=16, shuffle=True):
                optimiser.zero_grad()
                functional.mse_loss(net(x), y).backward()
                optimiser.step()
            with torch.no_grad():
                for x, y in DataLoader(Cuts(series, test), batch_size=1):
                    functional.mse_loss(net(x), y)
    assert {finding.rule for finding in seen.findings} == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('mask = F.interpolate(mask[None, None].float(), size=8, mode="bilinear")[0, 0]; END', True),
        ("mask = cv2.resize(mask.numpy(), (8, 8))\n    return torch.from_numpy(mask).long()", True),
        (
            "mask = cv2.resize(mask, (8, 8), interpolation=cv2.INTER_AREA)\n    return torch.tensor(mask, dtype=int)",
            True,
        ),
        (
            "mask = cv2.resize(mask, (8, 8), interpolation=cv2.INTER_NEAREST)\n    return mask.astype(int)",
            False,
        ),
        ("return np.array(mask.resize((8, 8), Image.BILINEAR)).astype(np.int64)", True),
        ("return np.array(mask.resize((8, 8), Image.NEAREST)).astype(np.int64)", False),
        ("mask = TF.resize(mask, [8, 8])\n    return mask.squeeze(0).long()", True),
        ("mask = ndimage.zoom(mask, 0.5, order=0)\n    return mask.astype(int)", False),
        ("mask = ndimage.zoom(mask, 0.5, order=1)\n    return mask.astype(int)", True),
        ('return (F.interpolate(mask, size=8, mode="bilinear") > 0.5).long()', False),
        ('return F.interpolate(scores, size=8, mode="bilinear").argmax(1).long()', False),
        (
            'mask = F.interpolate(mask, size=8, mode="bilinear")\n    mask, _ = nearest(mask)\n    return mask.long()',
            False,
        ),
        ('image = F.interpolate(image, size=8, mode="bilinear")\n    return image, mask.long()', False),
    ],
)
def test_masks_that_are_made_whole_after_means(line: str, found: bool) -> None:
    head = "import cv2\nimport torchvision.transforms.functional as TF\nfrom scipy import ndimage\n"
    lines = f"{head}def load(image, mask, scores):\n    {line.replace('; END', chr(10) + '    return mask.long()')}\n"
    assert bool(list(_made_whole(ast.parse(lines)))) is found
