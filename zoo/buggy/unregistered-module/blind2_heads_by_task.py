import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

TASKS = {"digit": 10, "odd": 2, "loop": 2}


class DigitTasks(Dataset):
    def __init__(self, rows):
        raw = load_digits()
        self.x = torch.tensor(raw.images[rows] / 16.0, dtype=torch.float32).unsqueeze(1)
        self.digit = torch.tensor(raw.target[rows])

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        d = self.digit[i]
        return self.x[i], {"digit": d, "odd": d % 2, "loop": torch.isin(d, torch.tensor([0, 6, 8, 9])).long()}


class MultiHead(nn.Module):
    def __init__(self, tasks):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(128, 48), nn.ReLU(),
        )
        self.heads = {name: nn.Linear(48, n) for name, n in tasks.items()}  # bug
        self.heads = nn.ModuleDict({name: nn.Linear(48, n) for name, n in tasks.items()})  # fix

    def forward(self, x):
        z = self.trunk(x)
        return {name: head(z) for name, head in self.heads.items()}


def main():
    torch.manual_seed(43)
    tr, te = train_test_split(range(1797), test_size=0.2, random_state=43)
    train_dl, test_dl = DataLoader(DigitTasks(tr), 48, shuffle=True), DataLoader(DigitTasks(te), 120)
    net = MultiHead(TASKS)
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    for epoch in range(5):
        net.train()
        total = 0.0
        for x, ys in train_dl:
            out = net(x)
            loss = sum(nn.functional.cross_entropy(out[k], ys[k]) for k in ys) / len(ys)
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item()
        net.eval()
        hits = dict.fromkeys(TASKS, 0)
        with torch.no_grad():
            for x, ys in test_dl:
                for k, out in net(x).items():
                    hits[k] += (out.argmax(1) == ys[k]).sum().item()
        print(epoch, round(total / len(train_dl), 3), {k: round(v / len(te), 3) for k, v in hits.items()})


main()
