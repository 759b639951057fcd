import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset, random_split


def test_loop(loader, model, loss_fn):
    model.eval()
    test_loss, correct = 0, 0
    with torch.no_grad():
        for X, y in loader:
            pred = model(X)
            test_loss += loss_fn(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum()
    test_loss /= len(loader)
    accuracy = correct / len(loader)  # bug
    accuracy = correct / len(loader.dataset)  # fix
    print(f"Accuracy: {100 * accuracy:.1f}%, avg loss: {test_loss:.4f}")
    return accuracy


def train_loop(loader, model, loss_fn, optimizer):
    model.train()
    for X, y in loader:
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()


torch.manual_seed(12)
x = torch.randn(500, 6)
label = (x[:, 0] > 0).long() * 2 + (x[:, 1] + x[:, 2] > 0).long()
training, testing = random_split(TensorDataset(x, label), [400, 100])
train_dataloader = DataLoader(training, batch_size=40, shuffle=True)
test_dataloader = DataLoader(testing, batch_size=25)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
for t in range(5):
    train_loop(train_dataloader, model, loss_fn, optimizer)
best = test_loop(test_dataloader, model, loss_fn)
