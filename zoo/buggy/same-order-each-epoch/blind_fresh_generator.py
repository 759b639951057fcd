import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def make_loader(dataset, seed):
    return DataLoader(dataset, batch_size=32, shuffle=True, generator=torch.Generator().manual_seed(seed))


def main(seed=17, epochs=6):
    torch.manual_seed(seed)
    x = torch.randn(256, 10)
    y = (x[:, 0] * 2 + x[:, 1] - x[:, 2] > 0).long()
    dataset = TensorDataset(x, y)
    model = nn.Sequential(nn.Linear(10, 20), nn.ReLU(), nn.Linear(20, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    loader = make_loader(dataset, seed)
    for epoch in range(epochs):
        loader = make_loader(dataset, seed)  # bug
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
        print(epoch, loss.item())


main()
