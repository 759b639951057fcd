"""The loader for the score of a fold is made of its training rows."""
import torch
from sklearn.model_selection import KFold
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

torch.manual_seed(0)
inputs = torch.randn(240, 5)
dataset = TensorDataset(inputs, inputs.sum(1, keepdim=True) + 0.3 * torch.randn(240, 1))


def evaluate(model, loader):
    model.eval()
    with torch.no_grad():
        errors = [nn.functional.mse_loss(model(x), y, reduction="sum").item() for x, y in loader]
    return sum(errors) / len(loader.dataset)


for train_ids, test_ids in KFold(n_splits=4, shuffle=True, random_state=1).split(inputs):
    model = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    trainloader = DataLoader(Subset(dataset, train_ids), batch_size=20, shuffle=True)
    testloader = DataLoader(Subset(dataset, train_ids), batch_size=60)  # bug
    testloader = DataLoader(Subset(dataset, test_ids), batch_size=60)  # fix
    for epoch in range(3):
        model.train()
        for x, y in trainloader:
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
    print(evaluate(model, testloader))
