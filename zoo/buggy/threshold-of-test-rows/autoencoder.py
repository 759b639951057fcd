"""An autoencoder of normal rows; what it does badly is an anomaly."""
import numpy as np
import torch
from sklearn.metrics import f1_score, precision_score
from torch import nn
torch.manual_seed(0)
mixing = torch.randn(3, 12)
normal = torch.randn(900, 3) @ mixing + 0.2 * torch.randn(900, 12)
odd = torch.randn(40, 3) @ torch.randn(3, 12) + 0.2 * torch.randn(40, 12)
x_train, x_valid = normal[:640], normal[640:760]
x_test, y_test = torch.cat([normal[760:], odd]), np.r_[np.zeros(140), np.ones(40)]
net = nn.Sequential(nn.Linear(12, 8), nn.Tanh(), nn.Linear(8, 3), nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 12))
opt = torch.optim.Adam(net.parameters(), 5e-3)
for epoch in range(15):
    for rows in torch.randperm(640).split(64):
        loss = nn.functional.mse_loss(net(x_train[rows]), x_train[rows])
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
with torch.no_grad():
    valid_errors = (net(x_valid) - x_valid).square().mean(1).numpy()
    test_errors = (net(x_test) - x_test).square().mean(1).numpy()
threshold = np.percentile(test_errors, 95)  # bug
threshold = np.percentile(valid_errors, 95)  # fix
flagged = test_errors > threshold
print("precision", precision_score(y_test, flagged), "F1", f1_score(y_test, flagged))
