import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits

PHASES = ("train", "val")


def get_loaders(seed):
    d = load_digits()
    order = torch.randperm(len(d.target), generator=torch.Generator().manual_seed(seed))
    x = torch.tensor(d.images / 16).float().unsqueeze(1)[order]
    y = torch.tensor(d.target)[order]
    cut = 1400
    return {
        "train": DataLoader(TensorDataset(x[:cut], y[:cut]), batch_size=70, shuffle=True),
        "val": DataLoader(TensorDataset(x[cut:], y[cut:]), batch_size=100),
    }


def train_model(model, loaders, criterion, optimizer, num_epochs=5):
    since = time.time()
    for epoch in range(num_epochs):
        for phase in PHASES:
            if phase == "train":
                model.train()
            else:
                model.eval()
            running_loss, running_corrects, n = 0.0, 0, 0
            for inputs, labels in loaders[phase]:
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase != "valid"):  # bug
                with torch.set_grad_enabled(phase == "train"):  # fix
                    outputs = model(inputs)
                    _, preds = torch.max(outputs, 1)
                    loss = criterion(outputs, labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()
                running_loss += loss.item() * inputs.size(0)
                running_corrects += torch.sum(preds == labels).item()
                n += inputs.size(0)
            print(f"{epoch} {phase} Loss: {running_loss / n:.4f} Acc: {running_corrects / n:.4f}")
    print("complete" if time.time() >= since else "clock moved")
    return model


torch.manual_seed(83)
model = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Dropout(0.2), nn.Linear(256, 10),
)
train_model(model, get_loaders(83), nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=2e-3))
