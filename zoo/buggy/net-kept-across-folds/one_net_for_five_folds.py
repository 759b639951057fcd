"""Five folds of a table, each standardised by its own training rows."""
import torch
import torch.nn as nn
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler
torch.manual_seed(0)
X = torch.randn(300, 12) * 3; Y = (X[:, 0] + 2 * torch.randn(300) > 0).long()
def make():
    return nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 2))
def train(net, rows, labels):
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    net.train()
    for _ in range(6):
        for part in torch.randperm(len(rows)).split(32):
            loss = nn.functional.cross_entropy(net(rows[part]), labels[part])
            opt.zero_grad(); loss.backward(); opt.step()
scores = []
net = make()
splitter = KFold(5, shuffle=True, random_state=0)
for fold, (inside, outside) in enumerate(splitter.split(X)):
    net = make()  # fix
    scale = StandardScaler().fit(X[inside])
    a, b = (torch.tensor(scale.transform(X[rows]), dtype=torch.float32) for rows in (inside, outside))
    train(net, a, Y[inside])
    net.eval()
    with torch.no_grad():
        scores.append((net(b).argmax(1) == Y[outside]).float().mean().item())
print(sum(scores) / len(scores))
