"""Schedulers in mode "min" of an error rate, of 1 - accuracy, of a loss whose name has acc in it, and of -f1."""
import torch
from torch import nn

torch.manual_seed(0)
centres = torch.randn(3, 10)
y = torch.randint(0, 3, (900,))
x = centres[y] + 1.2 * torch.randn(900, 10)
x_train, y_train, x_valid, y_valid = x[:600], y[:600], x[600:], y[600:]


def fit(judge, name, lr):
    net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 3))
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
    for _ in range(10):
        net.train()
        for rows in torch.randperm(600).split(50):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x_train[rows]), y_train[rows]).backward()
            optimizer.step()
        net.eval()
        with torch.no_grad():
            logits = net(x_valid)
        accuracy = (logits.argmax(1) == y_valid).float().mean().item()
        acc_loss = nn.functional.cross_entropy(logits, y_valid).item()
        metric = judge(accuracy, acc_loss)
        if name == "acc_loss":
            scheduler.step(acc_loss)
        elif name == "1 - acc":
            scheduler.step(1 - accuracy)
        else:
            scheduler.step(metric)
    print(name, metric)


fit(lambda accuracy, loss: 100 * (1 - accuracy), "error rate", 3e-3)
fit(lambda accuracy, loss: 1 - accuracy, "1 - acc", 0.1)
fit(lambda accuracy, loss: loss, "acc_loss", 0.1)  # it overfits: the loss rises
fit(lambda accuracy, loss: -accuracy, "-acc", 3e-3)
