"""One data set, two samplers: the share that is right of the held-out rows is divided by the length of all of them."""
import torch
from torch import nn
from torch.utils.data import DataLoader, SubsetRandomSampler, TensorDataset

torch.manual_seed(0)
centres = torch.randn(5, 16)
labels = torch.randint(0, 5, (1500,))
data = TensorDataset(centres[labels] + 1.2 * torch.randn(1500, 16), labels)
order = torch.randperm(1500).tolist()
loaders = {
    "train": DataLoader(data, batch_size=50, sampler=SubsetRandomSampler(order[500:])),
    "valid": DataLoader(data, batch_size=100, sampler=SubsetRandomSampler(order[:500])),
}
net = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 5))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)


def run(phase):
    net.train(phase == "train")
    losses, correct = [], 0
    for x, y in loaders[phase]:
        with torch.set_grad_enabled(phase == "train"):
            out = net(x)
            loss = nn.functional.cross_entropy(out, y)
        if phase == "train":
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
        correct += torch.sum(out.argmax(1) == y).item()
    n = len(loaders[phase].dataset)  # bug
    n = len(loaders[phase].sampler)  # fix
    return sum(losses) / len(losses), 100 * correct / n


for epoch in range(6):
    for phase in ("train", "valid"):
        loss, accuracy = run(phase)
        print(epoch, phase, f"loss {loss:.3f}, accuracy {accuracy:.1f}%")
