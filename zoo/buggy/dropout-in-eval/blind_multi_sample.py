"""Multi-sample dropout: the head is applied under several dropouts and its outputs are averaged."""
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn


class MultiSample(nn.Module):
    def __init__(self, n_in, n_out, samples=4):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(n_in, 64), nn.ReLU())
        self.drops = [nn.Dropout(0.1 * (i + 1)) for i in range(samples)]  # bug
        self.drops = nn.ModuleList([nn.Dropout(0.1 * (i + 1)) for i in range(samples)])  # fix
        self.head = nn.Linear(64, n_out)

    def forward(self, x):
        h = self.backbone(x)
        return sum(self.head(drop(h)) for drop in self.drops) / len(self.drops)


X, y = load_digits(return_X_y=True)
X_tr, X_te, y_tr, y_te = train_test_split(X / 16, y, test_size=300, train_size=600, random_state=1)
X_tr, X_te = (torch.as_tensor(a, dtype=torch.float) for a in (X_tr, X_te))
y_tr, y_te = torch.as_tensor(y_tr), torch.as_tensor(y_te)

torch.manual_seed(1)
net = MultiSample(64, 10)
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
ce = nn.CrossEntropyLoss()
for epoch in range(4):
    net.train()
    for b in torch.randperm(len(X_tr)).split(60):
        opt.zero_grad()
        ce(net(X_tr[b]), y_tr[b]).backward()
        opt.step()

net.eval()
with torch.no_grad():
    logits = net(X_te)
print("test loss", ce(logits, y_te).item(), "accuracy", (logits.argmax(1) == y_te).float().mean().item())
