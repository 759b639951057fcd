import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class Committee(nn.Module):
    """Several small heads on a common trunk; the committee speaks with the mean of its members' beliefs."""

    def __init__(self, members=3, classes=10):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 24, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(),
        )
        self.members = nn.ModuleList(
            nn.Sequential(nn.Linear(96, 32), nn.ReLU(), nn.Linear(32, classes)) for _ in range(members)
        )

    def forward(self, x):
        z = self.trunk(x)
        beliefs = [F.softmax(m(z), dim=1) for m in self.members]
        return sum(beliefs) / len(beliefs)


def committee_loss(p, y):
    return F.cross_entropy(p, y)  # bug
    return F.nll_loss(p.clamp_min(1e-8).log(), y)  # fix


def main():
    torch.manual_seed(2)
    digits = load_digits()
    images = torch.tensor(digits.images / 16.0, dtype=torch.float32).unsqueeze(1)
    labels = torch.tensor(digits.target)
    tr, te = train_test_split(torch.arange(len(labels)).numpy(), test_size=0.2, random_state=2, stratify=labels)
    loader = DataLoader(TensorDataset(images[tr], labels[tr]), batch_size=64, shuffle=True)
    model = Committee()
    opt = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for epoch in range(6):
        model.train()
        seen = total = 0
        for x, y in loader:
            loss = committee_loss(model(x), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(y)
            seen += len(y)
        print(f"epoch {epoch}: {total / seen:.4f}")
    model.eval()
    with torch.no_grad():
        print("held out:", (model(images[te]).argmax(1) == labels[te]).float().mean().item())


if __name__ == "__main__":
    main()
