"""The loop of the evaluation is a copy of the training loop: it goes over the training rows."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] + x[:, 1] + 0.5 * torch.randn(900) > 0).long()
train_loader = DataLoader(TensorDataset(x[:700], y[:700]), 50, shuffle=True)
val_loader = DataLoader(TensorDataset(x[700:], y[700:]), 50)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(5):
    net.train()
    for inputs, labels in train_loader:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(inputs), labels)
        loss.backward()
        opt.step()
    net.eval()
    correct = total = 0
    with torch.no_grad():
        for inputs, labels in train_loader:  # bug
        for inputs, labels in val_loader:  # fix
            correct += (net(inputs).argmax(1) == labels).sum().item()
            total += len(labels)
    print(f"epoch {epoch}: val accuracy {correct / total:.3f}")
