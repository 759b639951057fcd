import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X, y = load_digits(return_X_y=True)
X = torch.tensor(X / 16, dtype=torch.float32).view(-1, 1, 8, 8)
X_train, X_test, y_train, y_test = train_test_split(X, torch.tensor(y), train_size=640, test_size=200, random_state=0)

net = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.AdaptiveAvgPool2d(2),
    nn.Flatten(), nn.Dropout(0.1), nn.Linear(128, 10),
)


def shifted(x, dx, dy):
    padded = nn.functional.pad(x, (1, 1, 1, 1))
    return padded[:, :, 1 + dy:9 + dy, 1 + dx:9 + dx]


opt = torch.optim.Adam(net.parameters(), lr=5e-3)
net.train()
for epoch in range(5):
    for x, t in DataLoader(TensorDataset(X_train, y_train), batch_size=64, shuffle=True):
        dx, dy = torch.randint(-1, 2, (2,)).tolist()
        opt.zero_grad()
        nn.functional.cross_entropy(net(shifted(x, dx, dy)), t).backward()
        opt.step()

net.eval()
hits = 0
with torch.inference_mode():
    for x, t in DataLoader(TensorDataset(X_test, y_test), batch_size=50):
        views = torch.stack([shifted(x, dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)])
        probs = net(views.flatten(0, 1)).softmax(-1).unflatten(0, views.shape[:2]).mean(0)
        hits += (probs.argmax(-1) == t).sum().item()
print("accuracy over nine views", hits / len(y_test))
