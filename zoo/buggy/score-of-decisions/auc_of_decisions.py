"""The area under the ROC curve of thresholded predictions."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.metrics import roc_auc_score
torch.manual_seed(47)
X = torch.randn(900, 10); Y = (X[:, 0] + 0.5 * torch.randn(900) > 0.8).float()
net = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(5):
    net.train()
    for i in torch.randperm(700).split(35):
        loss = F.binary_cross_entropy_with_logits(net(X[:700][i]).squeeze(1), Y[:700][i])
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad():
        p = torch.sigmoid(net(X[700:])).squeeze(1)
        pred = (p > 0.5).int()  # bug
        pred = p  # fix
    print("auc", roc_auc_score(Y[700:].numpy(), pred.numpy()))
