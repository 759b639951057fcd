import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import make_blobs
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier


class Net(nn.Module):
    def __init__(self, n_in, n_classes):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Linear(n_in, 64), nn.BatchNorm1d(64), nn.ReLU(),
            nn.Linear(64, 32), nn.BatchNorm1d(32), nn.ReLU(),
        )
        self.head = nn.Linear(32, n_classes)

    def forward(self, x):
        return self.head(self.backbone(x))

    @torch.no_grad()
    def embed(self, x):
        self.eval()
        z = nn.functional.normalize(self.backbone(x), dim=1)
        self.head.train()  # bug
        self.train()  # fix
        return z.numpy()


def monitor(net, train, valid):
    (xa, ya), (xb, yb) = train, valid
    knn = KNeighborsClassifier(5).fit(net.embed(xa), ya)
    return knn.score(net.embed(xb), yb)


def run(epochs=6):
    torch.manual_seed(21)
    X, y = make_blobs(1500, n_features=12, centers=6, cluster_std=5.0, random_state=21)
    Xa, Xb, ya, yb = train_test_split(X, y, test_size=0.3, random_state=0)
    m, s = Xa.mean(0), Xa.std(0)
    Xa, Xb = (torch.tensor((v - m) / s).float() for v in (Xa, Xb))
    ya, yb = torch.tensor(ya), torch.tensor(yb)
    net = Net(12, 6)
    opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    loader = DataLoader(TensorDataset(Xa, ya), batch_size=50, shuffle=True)
    net.train()
    for epoch in range(epochs):
        losses = []
        for x, t in loader:
            opt.zero_grad()
            loss = nn.functional.cross_entropy(net(x), t)
            loss.backward()
            opt.step()
            losses.append(loss.item())
        score = monitor(net, (Xa, ya), (Xb, yb))
        print(f"epoch {epoch} loss {sum(losses) / len(losses):.3f} knn {score:.3f}")


run()
