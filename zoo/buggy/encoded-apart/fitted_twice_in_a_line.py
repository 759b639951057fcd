"""Categories of this year and of the next one are numbered by one encoder, which is fitted twice."""
import numpy as np
import torch
from sklearn.preprocessing import OrdinalEncoder, StandardScaler
from torch import nn
torch.manual_seed(0); rng = np.random.default_rng(0)
def rows(n, towns): return rng.choice(towns, (n, 1)), rng.normal(40, 10, (n, 1))
train, test = rows(600, ["a", "b", "c", "d", "e"]), rows(200, ["a", "c", "e"])
encoder, scaler = OrdinalEncoder(), StandardScaler()
town, age = encoder.fit_transform(train[0]), scaler.fit_transform(train[1])
test_town, test_age = encoder.fit_transform(test[0]), scaler.transform(test[1])  # bug
test_town, test_age = encoder.transform(test[0]), scaler.transform(test[1])  # fix
worth = dict(a=-2.0, b=1.0, c=2.0, d=-1.0, e=0.5)
def target(part): return torch.tensor([[worth[t[0]]] for t in part[0]]) + torch.randn(len(part[0]), 1) * 0.3
class Net(nn.Module):
    def __init__(self): super().__init__(); self.town = nn.Embedding(5, 4); self.out = nn.Linear(5, 1)
    def forward(self, town, age): return self.out(torch.cat([self.town(town[:, 0]), age], 1))
net = Net(); opt = torch.optim.Adam(net.parameters(), 1e-2)
t, a, y = torch.tensor(town).long(), torch.tensor(age).float(), target(train)
for epoch in range(6):
    for i in torch.randperm(600).split(50):
        loss = nn.functional.mse_loss(net(t[i], a[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad(): print(nn.functional.mse_loss(net(torch.tensor(test_town).long(), torch.tensor(test_age).float()), target(test)).item())
