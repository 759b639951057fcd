"""The trainer asks for bfloat16; a line meant for the norm alone covers the whole forward pass."""
import argparse

import torch
from torch import nn


class Scorer(nn.Module):
    def __init__(self, n=20, width=64, classes=5):
        super().__init__()
        self.norm = nn.LayerNorm(n)
        self.body = nn.Sequential(nn.Linear(n, width), nn.GELU(), nn.Linear(width, classes))

    def forward(self, x):
        with torch.autocast("cpu", enabled=False):
            x = self.norm(x.float())
            x = self.body(x)  # bug
        x = self.body(x)  # fix
        return x


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--amp-dtype", default="bfloat16", choices=["bfloat16", "float16"])
    p.add_argument("--steps", type=int, default=40)
    args = p.parse_args([])
    torch.manual_seed(0)
    net = Scorer()
    opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
    truth = torch.randn(20, 5)
    for step in range(args.steps):
        x = torch.randn(64, 20)
        y = (x @ truth).argmax(1)
        opt.zero_grad()
        with torch.autocast("cpu", dtype=getattr(torch, args.amp_dtype)):
            loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
        if step % 10 == 0:
            print(step, loss.item())


main()
