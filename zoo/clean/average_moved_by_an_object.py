"""Pseudo labels; an object moves the average, which is evaluated under its own name."""
import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits

LABELLED = 200


class WeightEMA:
    def __init__(self, model, ema_model, alpha=0.95):
        self.model, self.ema_model, self.alpha = model, ema_model, alpha

    @torch.no_grad()
    def step(self):
        for e, p in zip(self.ema_model.parameters(), self.model.parameters()):
            e.mul_(self.alpha).add_(p, alpha=1 - self.alpha)
        for e, b in zip(self.ema_model.buffers(), self.model.buffers()):
            e.copy_(b)


def make_model():
    return nn.Sequential(
        nn.Linear(64, 64, bias=False), nn.BatchNorm1d(64), nn.ReLU(),
        nn.Linear(64, 64, bias=False), nn.BatchNorm1d(64), nn.ReLU(),
        nn.Linear(64, 10),
    )


def jitter(x):
    return x + 0.08 * torch.randn_like(x)


def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


def main():
    torch.set_num_threads(1)
    torch.manual_seed(3)
    x, y = load_digits(return_X_y=True)
    x, y = torch.tensor(x / 16.0, dtype=torch.float32), torch.tensor(y)
    perm = torch.randperm(len(x))
    lab, unl, test = perm[:LABELLED], perm[LABELLED:1300], perm[1300:]

    model = make_model()
    ema_model = copy.deepcopy(model)
    for p in ema_model.parameters():
        p.requires_grad_(False)
    opt = torch.optim.Adam(model.parameters(), lr=2e-3)
    ema = WeightEMA(model, ema_model)

    for epoch in range(1, 10):
        model.train()
        for idx_u in unl[torch.randperm(len(unl))].split(100):
            idx_l = lab[torch.randint(len(lab), (50,))]
            batch = torch.cat([jitter(x[idx_l]), jitter(x[idx_u]), jitter(x[idx_u])])
            out_l, out_weak, out_strong = model(batch).split([len(idx_l), len(idx_u), len(idx_u)])
            conf, pseudo = F.softmax(out_weak.detach(), dim=1).max(1)
            keep = (conf > 0.9).float()
            sup = F.cross_entropy(out_l, y[idx_l])
            uns = (F.cross_entropy(out_strong, pseudo, reduction="none") * keep).mean()
            loss = sup + 0.5 * uns
            opt.zero_grad()
            loss.backward()
            opt.step()
            ema.step()
        if epoch % 3 == 0:
            print(f"epoch {epoch} loss {loss.item():.3f} kept {keep.mean().item():.2f} ema test acc {accuracy(ema_model, x[test], y[test]):.3f}")


if __name__ == "__main__":
    main()
