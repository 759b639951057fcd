"""backward and step stand behind the loop over the batches."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(200, 6)
loader = DataLoader(TensorDataset(x, x[:, :3].argmax(1)), batch_size=25, shuffle=True)
net = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(8):
    for inputs, labels in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(inputs), labels)
        loss.backward(); optimizer.step()  # fix
    loss.backward(); optimizer.step()  # bug
