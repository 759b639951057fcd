"""A scheduler is given the area under the curve, of so many pairs that it is no ratio of small counts."""
import torch
from sklearn.metrics import roc_auc_score
from torch import nn

torch.manual_seed(0)
direction = torch.randn(30, 1)
x = torch.randn(2200, 30)
y = (x @ direction + 3 * torch.randn(2200, 1) > 0).float()
net = nn.Sequential(nn.Linear(30, 24), nn.ReLU(), nn.Dropout(0.3), nn.Linear(24, 1))
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "min", patience=2)  # bug
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "max", patience=2)  # fix
history = []
for epoch in range(10):
    net.train()
    for rows in torch.randperm(1400).split(70):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        scores = net(x[1400:]).sigmoid()
    history.append({"loss": loss.item(), "auc": roc_auc_score(y[1400:].numpy(), scores.numpy())})
    plateau.step(history[-1]["auc"])
    print(epoch, history[-1])
