"""A net is trained, then its backbone is frozen and stays in eval mode, norms with it, while a new head is trained."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(480, 8); y = (x[:, 0] * x[:, 1] > 0).long(); z = (x[:, 2] + x[:, 3] > 0).long()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 32), nn.ReLU())
        self.head = nn.Linear(32, 2)
    def forward(self, x):
        return self.head(self.backbone(x))
net = Net()
def fit(optimizer, labels, training, epochs=6):
    for epoch in range(epochs):
        net.train(training)
        for rows in torch.randperm(400).split(40):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x[rows]), labels[rows]).backward()
            optimizer.step()
        net.eval()
        with torch.no_grad():
            print(f"accuracy {(net(x[400:]).argmax(1) == labels[400:]).float().mean():.3f}")
fit(torch.optim.Adam(net.parameters(), 3e-3), y, True)
for p in net.backbone.parameters():
    p.requires_grad_(False)
net.head = nn.Linear(32, 2)
fit(torch.optim.Adam(net.head.parameters(), 5e-3), z, False)
