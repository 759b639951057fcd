import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_breast_cancer

SEED = 73
torch.manual_seed(SEED)

df = load_breast_cancer(as_frame=True).frame
train = df.sample(frac=0.75, random_state=SEED)
valid = df.sample(frac=0.25, random_state=SEED + 1)  # bug
valid = df.drop(index=train.index)  # fix
features = [c for c in df.columns if c != "target"]
mean, std = train[features].mean(), train[features].std()


def to_dataset(frame):
    x = ((frame[features] - mean) / std).to_numpy()
    return TensorDataset(torch.tensor(x, dtype=torch.float32), torch.tensor(frame["target"].to_numpy()).float())


loaders = {
    "train": DataLoader(to_dataset(train), batch_size=25, shuffle=True),
    "valid": DataLoader(to_dataset(valid), batch_size=71),
}
model = nn.Sequential(nn.Linear(30, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3)
criterion = nn.BCEWithLogitsLoss()
log = []
for epoch in range(6):
    row = {"epoch": epoch}
    for phase, loader in loaders.items():
        training = phase == "train"
        model.train(training)
        loss_sum = correct = count = 0
        for x, y in loader:
            with torch.set_grad_enabled(training):
                z = model(x)[:, 0]
                loss = criterion(z, y)
            if training:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            loss_sum += loss.item() * len(y)
            correct += ((z > 0) == (y > 0.5)).sum().item()
            count += len(y)
        row[f"{phase}_loss"], row[f"{phase}_acc"] = loss_sum / count, correct / count
    log.append(row)
print(pd.DataFrame(log).round(3).to_string(index=False))
