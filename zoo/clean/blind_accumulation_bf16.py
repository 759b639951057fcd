"""Gradient accumulation with a short last window, bfloat16 on the CPU, a scaler that is switched off."""
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self, n_in=20, width=48, classes=4):
        super().__init__()
        self.stem = nn.Linear(n_in, width)
        self.body = nn.Sequential(nn.GELU(), nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        h = self.stem(x)
        h = h + checkpoint(self.body, h, use_reentrant=False)
        return self.head(torch.relu(h))


def main(window=4, epochs=4):
    torch.manual_seed(0)
    x = torch.randn(330, 20)
    y = (x @ torch.randn(20, 4)).argmax(1)
    loader = DataLoader(TensorDataset(x, y), batch_size=15, shuffle=True)     # 22 batches: 5 windows and 2 more
    net = Net()
    opt = torch.optim.AdamW(net.parameters(), lr=4e-3)
    scaler = torch.amp.GradScaler("cpu", enabled=False)
    for epoch in range(epochs):
        total = 0.0
        for i, (xb, yb) in enumerate(loader):
            left = len(loader) - i // window * window
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = nn.functional.cross_entropy(net(xb), yb)
            scaler.scale(loss / min(window, left)).backward()
            total += loss.item()
            if (i + 1) % window == 0 or i + 1 == len(loader):
                scaler.unscale_(opt)
                nn.utils.clip_grad_norm_(net.parameters(), 1.0)
                scaler.step(opt)
                scaler.update()
                opt.zero_grad(set_to_none=True)
        print(epoch, total / len(loader))


main()
