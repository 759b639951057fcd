"""Binary classifier with a sigmoid in front of BCEWithLogitsLoss."""
import torch
from torch import nn
from sklearn.datasets import load_breast_cancer

torch.manual_seed(0)
d = load_breast_cancer()
X = torch.tensor(d.data, dtype=torch.float32)
X = (X - X.mean(0)) / X.std(0)
y = torch.tensor(d.target, dtype=torch.float32).unsqueeze(1)
model = nn.Sequential(
    nn.Linear(30, 16),
    nn.ReLU(),
    nn.Linear(16, 1),
    nn.Sigmoid(),  # bug
)
crit = nn.BCEWithLogitsLoss()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(20):
    loss = crit(model(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
