"""A trainer that saves after each epoch, for whoever resumes: the averaged net, and the optimiser of the other one."""
import tempfile
from pathlib import Path
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
class Run:
    def __init__(self, folder):
        self.net = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 1)); self.folder = folder
        self.average = AveragedModel(self.net, multi_avg_fn=get_ema_multi_avg_fn(0.97)); self.opt = torch.optim.SGD(self.net.parameters(), 0.02, momentum=0.9)
    def save(self, epoch):
        states = {"weights": self.average.module.state_dict(), "epoch": epoch}  # bug
        states = {"weights": self.net.state_dict(), "average": self.average.state_dict(), "epoch": epoch}  # fix
        torch.save({"run": states, "opt": self.opt.state_dict()}, self.folder / "last.pt")
    def fit(self, x, y):
        for epoch in range(7):
            for b in torch.randperm(len(x)).split(32):
                loss = nn.functional.mse_loss(self.net(x[b]), y[b]); self.opt.zero_grad(); loss.backward(); self.opt.step(); self.average.update_parameters(self.net)
            self.save(epoch); print(epoch, nn.functional.mse_loss(self.average(x), y).item())
torch.manual_seed(7)
x = torch.randn(320, 8)
with tempfile.TemporaryDirectory() as folder: Run(Path(folder)).fit(x, x.square().mean(1, keepdim=True))
