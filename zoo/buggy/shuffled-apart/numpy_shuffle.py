"""NumPy shuffles features and labels in two calls, with no seed between."""
import numpy as np
import torch
from torch import nn
np.random.seed(0); torch.manual_seed(0)
def load():
    features = np.random.randn(480, 6).astype(np.float32); labels = (features[:, 0] + features[:, 1]).astype(np.float32)
    state = np.random.get_state()  # fix
    np.random.shuffle(features)
    np.random.set_state(state)  # fix
    np.random.shuffle(labels)
    return torch.utils.data.TensorDataset(torch.from_numpy(features), torch.from_numpy(labels))
data = torch.utils.data.DataLoader(load(), batch_size=48, shuffle=True)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    for a, b in data:
        loss = nn.functional.mse_loss(net(a).squeeze(1), b); opt.zero_grad(); loss.backward(); opt.step()
