"""Tags are predicted where a logit is above 0.5."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(800, 16); y = (torch.rand(800, 5) < torch.sigmoid(x @ torch.randn(16, 5) - 1)).float()
train, valid = DataLoader(TensorDataset(x[:600], y[:600]), 50, shuffle=True), DataLoader(TensorDataset(x[600:], y[600:]), 100)
net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 5)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(4):
    net.train()
    for a, b in train:
        loss = nn.functional.binary_cross_entropy_with_logits(net(a), b); opt.zero_grad(); loss.backward(); opt.step()
    net.eval(); right = 0.0
    with torch.no_grad():
        for a, b in valid:
            predicted = net(a).ge(0.5)  # bug
            predicted = net(a).sigmoid_().ge(0.5)  # fix
            right += (predicted == b).float().mean().item() / len(valid)
    print(right)
