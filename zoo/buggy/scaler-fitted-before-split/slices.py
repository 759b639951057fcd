"""StandardScaler sees the whole table; the parts are cut afterwards, by hand."""
import torch
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler
from torch import nn

torch.manual_seed(0)
wine = load_wine()
scaler = StandardScaler()
order = torch.randperm(178)
table, label = wine.data[order], torch.tensor(wine.target)[order]
table = scaler.fit_transform(table)  # bug
table = scaler.fit(table[:128]).transform(table)  # fix
rows = torch.tensor(table, dtype=torch.float32)
net = nn.Sequential(nn.Linear(13, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(4):
    for part in torch.randperm(128).split(32):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(rows[part]), label[part]).backward()
        optimizer.step()
    with torch.no_grad():
        print((net(rows[128:]).argmax(1) == label[128:]).float().mean().item())
