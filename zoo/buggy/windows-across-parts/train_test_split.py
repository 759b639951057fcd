"""train_test_split shuffles windows that overlap."""
import numpy as np
import torch
from sklearn.model_selection import train_test_split
from torch import nn
rng = np.random.default_rng(0); torch.manual_seed(0)
series = np.cumsum(rng.normal(size=600)); series = (series - series[:480].mean()) / series[:480].std()
X = np.stack([series[i : i + 20] for i in range(0, 579, 2)])[:, :, None]; y = np.array([series[i + 20] for i in range(0, 579, 2)])
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)  # bug
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, shuffle=False)  # fix
class Lstm(nn.Module):
    def __init__(self): super().__init__(); self.r = nn.LSTM(1, 16, batch_first=True); self.o = nn.Linear(16, 1)
    def forward(self, x): return self.o(self.r(x)[0][:, -1]).squeeze(1)
net = Lstm(); opt = torch.optim.Adam(net.parameters(), 1e-2)
a, b = torch.tensor(X_train, dtype=torch.float32), torch.tensor(y_train, dtype=torch.float32)
for epoch in range(4):
    for i in torch.randperm(len(a)).split(32):
        loss = nn.functional.mse_loss(net(a[i]), b[i]); opt.zero_grad(); loss.backward(); opt.step()
