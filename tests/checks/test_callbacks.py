"""The watcher as a callback of Lightning and of Hugging Face's Trainer, and as a fixture of pytest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, TensorDataset

pytestmark = pytest.mark.filterwarnings("ignore")  # theirs
pytest_plugins = ["pytester"]


def rows() -> TensorDataset:
    torch.manual_seed(0)
    x = torch.randn(96, 8)
    return TensorDataset(x, (x[:, 0] > 0).long())


@pytest.mark.parametrize("stop", [False, True])
def test_lightning(tmp_path: Path, stop: bool) -> None:
    lightning = pytest.importorskip("lightning")
    from goodfit.lightning import Watch

    class Model(lightning.LightningModule):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Linear(8, 2)

        def training_step(self, batch: Any, index: int) -> torch.Tensor:
            x, y = batch
            return functional.cross_entropy(self.net(x).softmax(1), y)

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=1e-2)

    seen = Watch(stop=stop, quiet=True)
    trainer = lightning.Trainer(
        max_epochs=2, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, default_root_dir=tmp_path, callbacks=[seen],
    )  # fmt: skip
    trainer.fit(Model(), DataLoader(rows(), 16, shuffle=True))
    assert [finding.rule for finding in seen.findings] == ["softmax-before-cross-entropy"]
    assert trainer.global_step < 6 if stop else trainer.global_step == 12


class Rows(Dataset[dict[str, torch.Tensor]]):
    def __init__(self) -> None:
        self.x, self.y = rows().tensors

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, at: int) -> dict[str, torch.Tensor]:
        return {"x": self.x[at], "labels": self.y[at]}


@pytest.mark.parametrize("stop", [False, True])
def test_hugging_face_trainer(tmp_path: Path, stop: bool) -> None:
    transformers = pytest.importorskip("transformers")
    from goodfit.transformers import Watch

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.head = nn.Linear(8, 2)

        def forward(self, x: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
            out = self.head(x).softmax(1)
            return {"loss": functional.cross_entropy(out, labels), "logits": out}

    seen = Watch(stop=stop, quiet=True)
    arguments = transformers.TrainingArguments(
        output_dir=str(tmp_path), num_train_epochs=2, per_device_train_batch_size=16, use_cpu=True, report_to=[],
        disable_tqdm=True, save_strategy="no",
    )  # fmt: skip
    trainer = transformers.Trainer(Model(), arguments, train_dataset=Rows(), callbacks=[seen])
    trainer.train()
    assert [finding.rule for finding in seen.findings] == ["softmax-before-cross-entropy"]
    assert trainer.state.global_step == (1 if stop else 12)


def test_the_fixture_fails_a_test_whose_training_has_a_mistake(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        import torch
        from torch import nn

        @pytest.mark.parametrize("zero", [True, False])
        def test_training(goodfit_watch, zero):
            net = nn.Linear(4, 3)
            optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
            for _ in range(5):
                x = torch.randn(16, 4)
                if zero:
                    optimizer.zero_grad()
                nn.functional.cross_entropy(net(x), x[:, :3].argmax(1)).backward()
                optimizer.step()
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*gradients-not-zeroed*"])
