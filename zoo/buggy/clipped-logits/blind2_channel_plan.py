import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split
from sklearn.datasets import load_digits


def conv_unit(a, b, k=3):
    return nn.Sequential(nn.Conv2d(a, b, k, padding=k // 2, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True))


class FullyConvolutional(nn.Module):
    def __init__(self, plan=(1, 16, 32), classes=10):
        super().__init__()
        units = []
        for a, b in zip(plan, plan[1:]):
            units += [conv_unit(a, b), nn.MaxPool2d(2)]
        self.features = nn.Sequential(*units)
        self.classifier = conv_unit(plan[-1], classes, k=1)  # bug
        self.classifier = nn.Conv2d(plan[-1], classes, 1)  # fix

    def forward(self, x):
        return self.classifier(self.features(x)).flatten(2).amax(2)


def fit(model, train, valid, epochs=6):
    opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    steps = epochs * len(train)
    sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=0.1, total_steps=steps)
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for x, y in train:
            loss = nn.functional.cross_entropy(model(x), y)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            opt.step()
            sched.step()
            total += loss.item()
        model.eval()
        with torch.inference_mode():
            acc = sum((model(x).argmax(1) == y).sum().item() for x, y in valid) / len(valid.dataset)
        print(f"{epoch}: loss {total / len(train):.3f} accuracy {acc:.3f}")


torch.manual_seed(107)
digits = load_digits()
ds = TensorDataset(torch.tensor(digits.images / 16).float().unsqueeze(1), torch.tensor(digits.target))
a, b = random_split(ds, [1437, 360])
fit(FullyConvolutional(), DataLoader(a, 48, shuffle=True, drop_last=True), DataLoader(b, 120))
