import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


class Meter:
    def __init__(self):
        self.hits, self.n = 0, 0

    def update(self, logits, target):
        predicted = (logits.sigmoid() >= 0.5).float()
        self.hits += (predicted == target).sum().item()  # bug
        self.hits += (predicted.view_as(target) == target).sum().item()  # fix
        self.n += target.size(0)

    @property
    def value(self):
        return self.hits / self.n


def criterion(logits, target):
    return nn.functional.binary_cross_entropy_with_logits(logits.view_as(target), target)


def main():
    torch.manual_seed(151)
    X, y = load_breast_cancer(return_X_y=True)
    Xa, Xb, ya, yb = train_test_split(X, y, test_size=0.3, random_state=151, stratify=y)
    scaler = StandardScaler().fit(Xa)
    pack = lambda X, y: TensorDataset(torch.tensor(scaler.transform(X)).float(), torch.tensor(y).float())
    train, valid = DataLoader(pack(Xa, ya), 40, shuffle=True), DataLoader(pack(Xb, yb), 57)
    net = nn.Sequential(nn.Linear(30, 24), nn.ReLU(), nn.Dropout(0.2), nn.Linear(24, 1))
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    for epoch in range(8):
        net.train()
        for x, t in train:
            opt.zero_grad()
            loss = criterion(net(x), t)
            loss.backward()
            opt.step()
        net.eval()
        meter = Meter()
        with torch.no_grad():
            for x, t in valid:
                meter.update(net(x), t)
        print(f"epoch {epoch} loss {loss.item():.4f} accuracy {meter.value:.4f}")


main()
