import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler
from sklearn.datasets import make_classification


class Replica:
    """One process of a data-parallel run; here the only one."""

    def __init__(self, dataset, batch_size, rank=0, world=1):
        self.sampler = DistributedSampler(dataset, num_replicas=world, rank=rank, shuffle=True, seed=5)
        self.loader = DataLoader(dataset, batch_size=batch_size, sampler=self.sampler)
        self.epoch = 0

    def start_epoch(self):
        self.epoch += 1
        self.sampler.set_epoch(self.epoch)  # fix

    def batches(self):
        self.start_epoch()
        yield from self.loader


def build_model(n_in, n_out):
    return nn.Sequential(nn.Linear(n_in, 40), nn.LayerNorm(40), nn.ReLU(), nn.Linear(40, n_out))


def main():
    torch.manual_seed(199)
    X, y = make_classification(1600, 20, n_informative=10, n_classes=4, class_sep=1.2, random_state=199)
    X, y = torch.tensor(X).float(), torch.tensor(y)
    X = (X - X[:1280].mean(0)) / X[:1280].std(0)
    replica = Replica(TensorDataset(X[:1280], y[:1280]), 64)
    model = build_model(20, 4)
    opt = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for epoch in range(8):
        model.train()
        total = count = 0
        for x, t in replica.batches():
            loss = nn.functional.cross_entropy(model(x), t)
            opt.zero_grad()
            loss.backward()
            opt.step()
            total, count = total + loss.item(), count + 1
        print(f"epoch {epoch}: {total / count:.4f}")
    model.eval()
    with torch.no_grad():
        print("accuracy", (model(X[1280:]).argmax(1) == y[1280:]).float().mean().item())


if __name__ == "__main__":
    main()
