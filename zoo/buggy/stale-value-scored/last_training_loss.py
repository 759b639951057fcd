"""The validation loss adds up `loss`, which is the last training batch's."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] + x[:, 1] + 0.5 * torch.randn(900) > 0).long()
train = DataLoader(TensorDataset(x[:700], y[:700]), 50, shuffle=True)
valid = DataLoader(TensorDataset(x[700:], y[700:]), 50)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), 1e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(6):
    net.train()
    train_loss = 0.0
    for inputs, labels in train:
        opt.zero_grad()
        loss = criterion(net(inputs), labels)
        loss.backward()
        opt.step()
        train_loss += loss.item()
    net.eval()
    val_loss = 0.0
    with torch.no_grad():
        for inputs, labels in valid:
            v_loss = criterion(net(inputs), labels)
            val_loss += loss.item()  # bug
            val_loss += v_loss.item()  # fix
    print(epoch, train_loss / len(train), val_loss / len(valid))
