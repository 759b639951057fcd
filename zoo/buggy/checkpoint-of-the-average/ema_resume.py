"""The average is saved as the model, and training goes on from it."""
import argparse, copy, os, tempfile
import torch
from torch import nn
import torch.nn.functional as F

class ModelEMA:
    def __init__(self, model, decay=0.98):
        self.ema = copy.deepcopy(model).eval(); self.decay = decay
        for p in self.ema.parameters(): p.requires_grad_(False)
    def update(self, model):
        with torch.no_grad():
            for e, p in zip(self.ema.parameters(), model.parameters()):
                e.mul_(self.decay).add_(p, alpha=1 - self.decay)

def build():
    return nn.Sequential(nn.Linear(16, 64), nn.SiLU(), nn.Linear(64, 4))

def train(args, x, y, resume):
    model = build(); opt = torch.optim.AdamW(model.parameters(), lr=args.lr); start = 0
    ema = ModelEMA(model)
    if resume:
        ckpt = torch.load(args.path)
        model.load_state_dict(ckpt["model"])
        opt.load_state_dict(ckpt["optimizer"]); start = ckpt["epoch"] + 1
        ema = ModelEMA(model)  # bug
        ema.ema.load_state_dict(ckpt["ema"])  # fix
    for epoch in range(start, start + 4):
        for rows in torch.randperm(len(x)).split(args.batch):
            loss = F.cross_entropy(model(x[rows]), y[rows])
            opt.zero_grad(); loss.backward(); opt.step(); ema.update(model)
        acc = (ema.ema(x).argmax(1) == y).float().mean().item()
        print(epoch, loss.item(), acc)
    torch.save({"model": ema.ema.state_dict(), "optimizer": opt.state_dict(), "epoch": epoch}, args.path)  # bug
    torch.save({"model": model.state_dict(), "ema": ema.ema.state_dict(), "optimizer": opt.state_dict(), "epoch": epoch}, args.path)  # fix

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=2e-3); parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--path", default=os.path.join(tempfile.mkdtemp(), "last.pth"))
    args = parser.parse_args()
    torch.manual_seed(0)
    y = torch.randint(0, 4, (512,)); x = torch.randn(4, 16)[y] + torch.randn(512, 16)
    train(args, x, y, False); train(args, x, y, True)

main()
