"""Both arrays are permuted, then cut, scaled and made tensors under other names."""
import numpy as np
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn
np.random.seed(3); torch.manual_seed(3)
data = np.random.normal(size=(600, 7)); labels = (data[:, 0] - data[:, 2] > 0).astype(np.int64)
order = np.random.permutation(len(data)); data, labels = data[order], labels[order]  # fix
data = np.random.permutation(data)  # bug
labels = np.random.permutation(labels)  # bug
cut = int(0.75 * len(data)); scaler = StandardScaler()
a = torch.from_numpy(scaler.fit_transform(data[:cut]).astype("float32"))
b = torch.from_numpy(scaler.transform(data[cut:]).astype("float32"))
ya, yb = torch.from_numpy(labels[:cut]), torch.from_numpy(labels[cut:])
net = nn.Sequential(nn.Linear(7, 24), nn.ReLU(), nn.Linear(24, 2)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(5):
    for s in range(0, len(a), 30):
        out = net(a[s:s + 30])
        loss = nn.functional.cross_entropy(out, ya[s:s + 30]); opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): print(epoch, (net(b).argmax(1) == yb).float().mean().item())
