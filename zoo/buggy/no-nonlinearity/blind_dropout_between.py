import torch
from sklearn.datasets import make_circles
from torch import nn

torch.manual_seed(0)
points, ring = make_circles(400, noise=0.08, factor=0.5, random_state=0)
points, ring = torch.tensor(points).float(), torch.tensor(ring)


class Classifier(nn.Module):
    def __init__(self, sizes=(2, 32, 32, 2), p=0.05):
        super().__init__()
        steps = []
        for a, b in zip(sizes[:-1], sizes[1:]):
            steps += [nn.Linear(a, b), nn.Dropout(p)]  # bug
            steps += [nn.Linear(a, b), nn.ReLU(), nn.Dropout(p)]  # fix
        self.steps = nn.Sequential(*steps[:-1])  # bug
        self.steps = nn.Sequential(*steps[:-2])  # fix

    def forward(self, x):
        return self.steps(x)


clf = Classifier()
opt = torch.optim.Adam(clf.parameters(), lr=1e-2)
clf.train()
for epoch in range(6):
    for rows in torch.randperm(400).split(50):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(clf(points[rows]), ring[rows])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
clf.eval()
with torch.no_grad():
    print("train accuracy", (clf(points).argmax(1) == ring).float().mean().item())
