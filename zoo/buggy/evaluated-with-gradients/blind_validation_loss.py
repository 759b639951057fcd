import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv1d(2, 16, 5, padding=2), nn.BatchNorm1d(16), nn.ReLU(), nn.AdaptiveAvgPool1d(4))
        self.out = nn.Linear(64, 1)

    def forward(self, x):
        return self.out(self.conv(x).flatten(1)).squeeze(-1)


class Fitter:
    def __init__(self, net):
        self.net, self.loss = net, nn.MSELoss()
        self.opt = torch.optim.Adam(net.parameters(), lr=5e-3)

    def train_epoch(self, loader):
        self.net.train()
        for x, y in loader:
            self.opt.zero_grad()
            self.loss(self.net(x), y).backward()
            self.opt.step()

    @torch.no_grad()  # fix
    def val_epoch(self, loader):
        self.net.eval()
        losses = [self.loss(self.net(x), y).item() for x, y in loader]
        return sum(losses) / len(losses)


torch.manual_seed(0)
signal = torch.randn(480, 2, 32)
energy = signal[:, 0, :16].mean(1) * 4 - signal[:, 1, 16:].mean(1) * 4
train_dl = DataLoader(TensorDataset(signal[:400], energy[:400]), batch_size=50, shuffle=True)
val_dl = DataLoader(TensorDataset(signal[400:], energy[400:]), batch_size=20)
fitter = Fitter(Net())
for epoch in range(5):
    fitter.train_epoch(train_dl)
    print(epoch, fitter.val_epoch(val_dl))
