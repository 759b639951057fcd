"""Cross-validation, with the best epoch of each fold."""
import copy
import numpy as np, torch
from sklearn.model_selection import KFold
from torch import nn
torch.manual_seed(53); rng = np.random.default_rng(53)
X = torch.tensor(rng.normal(size=(500, 10)), dtype=torch.float32); y = (X[:, 0] + 0.5 * X[:, 1] ** 2 + 0.5 * torch.randn(500) > 0.5).float()
scores = []
best_loss, best_state = float("inf"), None  # bug
for fold, (tr, va) in enumerate(KFold(4, shuffle=True, random_state=0).split(X)):
    net = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 1)); opt = torch.optim.Adam(net.parameters(), lr=3e-3); lossf = nn.BCEWithLogitsLoss()
    best_loss, best_state = float("inf"), None  # fix
    for epoch in range(6):
        net.train()
        for i in torch.as_tensor(rng.permutation(tr)).split(40):
            loss = lossf(net(X[i]).squeeze(1), y[i]); opt.zero_grad(); loss.backward(); opt.step()
        net.eval()
        with torch.no_grad(): v = lossf(net(X[va]).squeeze(1), y[va]).item()
        if v < best_loss: best_loss, best_state = v, copy.deepcopy(net.state_dict())
    net.load_state_dict(best_state)
    with torch.no_grad(): scores.append(((net(X[va]).squeeze(1) > 0) == y[va].bool()).float().mean().item())
print(np.mean(scores))
