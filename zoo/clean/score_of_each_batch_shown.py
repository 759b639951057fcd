"""F1 of each batch for the progress line, and of all rows at the end of the evaluation."""
import torch
import torch.nn as nn
from sklearn.metrics import f1_score, roc_auc_score
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(12)
X = torch.randn(900, 6); Y = (X[:, 0] - X[:, 2] + 0.5 * torch.randn(900) > 1.0).long()
train = DataLoader(TensorDataset(X[:700], Y[:700]), batch_size=50, shuffle=True)
valid = DataLoader(TensorDataset(X[700:], Y[700:]), batch_size=50)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(5):
    net.train()
    for x, y in train:
        loss = nn.functional.binary_cross_entropy_with_logits(net(x).squeeze(1), y.float())
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    truth, scores = [], []
    with torch.no_grad():
        for x, y in valid:
            out = net(x).squeeze(1)
            truth.append(y); scores.append(out)
            print("so far", f1_score(y.numpy(), (out > 0).numpy().astype(int), zero_division=0), end="\r")
    all_y, all_s = torch.cat(truth).numpy(), torch.cat(scores).numpy()
    print(epoch, f1_score(all_y, (all_s > 0).astype(int)), roc_auc_score(all_y, all_s))
