"""evaluate() has an argument val_loader, and is given the training loader; the test loader waits for the end."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
x = torch.randn(900, 10)
y = x[:, :1] * x[:, 1:2] + 0.1 * torch.randn(900, 1)
parts = random_split(TensorDataset(x, y), [600, 150, 150])
train_dl, valid_dl, test_dl = (DataLoader(each, 50, shuffle=i == 0) for i, each in enumerate(parts))


@torch.no_grad()
def evaluate(net, valid_dl):
    net.eval()
    total = 0.0
    for xb, yb in valid_dl:
        total += nn.functional.mse_loss(net(xb), yb, reduction="sum").item()
    return total / len(valid_dl.dataset)


def main():
    net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
    opt = torch.optim.Adam(net.parameters(), 3e-3)
    for epoch in range(5):
        net.train()
        for xb, yb in train_dl:
            loss = nn.functional.mse_loss(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
        valid_loss = evaluate(net, train_dl)  # bug
        valid_loss = evaluate(net, valid_dl)  # fix
        print(epoch, valid_loss)
    print("test", evaluate(net, test_dl))


main()
