import logging
import warnings

import lightning as L
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)


class Surgery(L.LightningModule):
    """Two tasks on one trunk; the part of each task's gradient that opposes the other's is projected away."""

    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
        self.trunk = nn.Sequential(nn.Linear(10, 32), nn.Tanh())
        self.heads = nn.ModuleList([nn.Linear(32, 1), nn.Linear(32, 3)])
        self.seen = []

    def losses(self, x, level, kind):
        h = self.trunk(x)
        return F.mse_loss(self.heads[0](h).squeeze(1), level), F.cross_entropy(self.heads[1](h), kind)

    def training_step(self, batch, _):
        opt, shared = self.optimizers(), list(self.trunk.parameters())
        a, b = self.losses(*batch)
        ga = torch.autograd.grad(a, shared, retain_graph=True)
        gb = torch.autograd.grad(b, shared, retain_graph=True)
        dot = sum((u * v).sum() for u, v in zip(ga, gb))
        opt.zero_grad()
        self.manual_backward(a + b)
        if dot < 0:
            na, nb = (sum(u.pow(2).sum() for u in g) for g in (ga, gb))
            for p, u, v in zip(shared, ga, gb):
                p.grad = (u - dot / nb * v) + (v - dot / na * u)
        opt.step()
        self.seen.append((a + b).item())

    def on_train_epoch_end(self):
        print(f"epoch {self.current_epoch} loss {sum(self.seen) / len(self.seen):.4f}")
        self.seen.clear()

    def validation_step(self, batch, _):
        self.log("val", sum(self.losses(*batch)))

    def on_validation_epoch_end(self):
        print("  valid", round(self.trainer.callback_metrics["val"].item(), 4))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=4e-3)


def draw(n):
    x = torch.randn(n, 10)
    return TensorDataset(x, torch.tanh(x[:, 0] + x[:, 1]) + 0.1 * torch.randn(n), (x[:, 1:4] + 0.2 * torch.randn(n, 3)).argmax(1))


L.seed_everything(33, verbose=False)
train, valid = DataLoader(draw(1500), batch_size=50, shuffle=True), DataLoader(draw(400), batch_size=100)
L.Trainer(
    max_epochs=6, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
    enable_model_summary=False, num_sanity_val_steps=0,
).fit(Surgery(), train, valid)
