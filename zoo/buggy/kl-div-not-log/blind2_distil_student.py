import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def convnet(width):
    return nn.Sequential(
        nn.Conv2d(1, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(16 * width, 4 * width), nn.ReLU(), nn.Linear(4 * width, 10),
    )


class DistillationLoss(nn.Module):
    def __init__(self, temperature=3.0, alpha=0.7):
        super().__init__()
        self.t, self.alpha = temperature, alpha

    def forward(self, student, teacher, y):
        soft_targets = (teacher / self.t).softmax(-1)
        soft_student = (student / self.t).softmax(-1)  # bug
        soft_student = (student / self.t).log_softmax(-1)  # fix
        kd = F.kl_div(soft_student, soft_targets, reduction="batchmean") * self.t**2
        return self.alpha * kd + (1 - self.alpha) * F.cross_entropy(student, y)


def train(net, loader, epochs, criterion, lr=2e-3, teacher=None):
    opt = torch.optim.Adam(net.parameters(), lr=lr)
    for epoch in range(epochs):
        net.train()
        for x, y in loader:
            if teacher is None:
                loss = criterion(net(x), y)
            else:
                with torch.no_grad():
                    t = teacher(x)
                loss = criterion(net(x), t, y)
            opt.zero_grad()
            loss.backward()
            opt.step()
        print(epoch, round(loss.item(), 4))
    return net.eval()


torch.manual_seed(101)
d = load_digits()
xa, xb, ya, yb = train_test_split(torch.tensor(d.images / 16).float().unsqueeze(1), torch.tensor(d.target), test_size=0.2, random_state=1)
loader = DataLoader(TensorDataset(xa, ya), batch_size=60, shuffle=True)
teacher = train(convnet(16), loader, 6, nn.CrossEntropyLoss()).requires_grad_(False)
student = train(convnet(4), loader, 8, DistillationLoss(), teacher=teacher)
with torch.no_grad():
    for name, net in (("teacher", teacher), ("student", student)):
        print(name, (net(xb).argmax(1) == yb).float().mean().item())
