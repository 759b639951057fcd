"""The watcher under Lightning's Trainer, Hugging Face's Trainer and Accelerate, with the real packages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, TensorDataset

import goodfit as gf

pytestmark = pytest.mark.filterwarnings("ignore")  # theirs


def rows() -> TensorDataset:
    torch.manual_seed(0)
    x = torch.randn(160, 8)
    return TensorDataset(x, (x[:, 0] > 0).long())


def loud(seen: Any) -> set[str]:
    return {finding.rule for finding in seen.findings if finding.level.value != "notice"}


@pytest.mark.parametrize("wrong", [False, True])
def test_lightning(tmp_path: Path, wrong: bool) -> None:
    lightning = pytest.importorskip("lightning")

    class Model(lightning.LightningModule):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2))

        def training_step(self, batch: Any, index: int) -> torch.Tensor:
            x, y = batch
            out = self.net(x)
            return functional.cross_entropy(out.softmax(1) if wrong else out, y)

        def validation_step(self, batch: Any, index: int) -> None:
            x, y = batch
            self.log("accuracy", (self.net(x).argmax(1) == y).float().mean())

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=1e-2)

    data = rows()
    with gf.watch(quiet=True, strict=True) as seen:
        trainer = lightning.Trainer(
            max_epochs=3,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            default_root_dir=tmp_path,
        )
        train = DataLoader(TensorDataset(*(part[:128] for part in data.tensors)), 16, shuffle=True)
        trainer.fit(Model(), train, DataLoader(TensorDataset(*(part[128:] for part in data.tensors)), 16))
    assert loud(seen) == ({"softmax-before-cross-entropy"} if wrong else set())
    assert seen.watcher.program.steps == 24
    if wrong:
        assert {finding.file for finding in seen.findings} == {str(Path(__file__).relative_to(Path.cwd()))}


class Rows(Dataset[dict[str, torch.Tensor]]):
    def __init__(self) -> None:
        self.x, self.y = rows().tensors

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, at: int) -> dict[str, torch.Tensor]:
        return {"x": self.x[at], "labels": self.y[at]}


@pytest.mark.parametrize("wrong", [False, True])
def test_hugging_face_trainer(tmp_path: Path, wrong: bool) -> None:
    transformers = pytest.importorskip("transformers")

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.head = nn.Linear(8, 16), nn.Linear(16, 2)
            self.extra = [nn.Linear(16, 16)] if wrong else []

        def forward(self, x: torch.Tensor, labels: torch.Tensor | None = None) -> dict[str, torch.Tensor]:
            h = self.inner(x).relu()
            for layer in self.extra:
                h = layer(h).relu()
            out = self.head(h)
            return {"logits": out} if labels is None else {"loss": functional.cross_entropy(out, labels), "logits": out}

    with gf.watch(quiet=True, strict=True) as seen:
        arguments = transformers.TrainingArguments(
            output_dir=str(tmp_path),
            num_train_epochs=2,
            per_device_train_batch_size=16,
            use_cpu=True,
            report_to=[],
            disable_tqdm=True,
            save_strategy="no",
            eval_strategy="epoch",
            gradient_accumulation_steps=2,
        )
        transformers.Trainer(Model(), arguments, train_dataset=Rows(), eval_dataset=Rows()).train()
    assert loud(seen) == ({"unregistered-module"} if wrong else set())


def test_accelerate() -> None:
    accelerate = pytest.importorskip("accelerate")
    with gf.watch(quiet=True, strict=True) as seen:
        accelerator = accelerate.Accelerator(cpu=True, gradient_accumulation_steps=2)
        net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
        optimiser = torch.optim.AdamW(net.parameters(), lr=1e-2)
        net, optimiser, loader = accelerator.prepare(net, optimiser, DataLoader(rows(), 16, shuffle=True))
        for _ in range(3):
            for x, y in loader:
                with accelerator.accumulate(net):
                    accelerator.backward(functional.cross_entropy(net(x), y))
                    accelerator.clip_grad_norm_(net.parameters(), 1.0)
                    optimiser.step()
                    optimiser.zero_grad()
    assert loud(seen) == set()
    assert seen.watcher.program.steps == 15
