import torch
import torch.nn as nn
from sklearn.datasets import make_blobs

torch.manual_seed(0)
X, y = make_blobs(n_samples=300, centers=3, n_features=4, cluster_std=2.0, random_state=0)
X = torch.from_numpy((X - X.mean(0)) / X.std(0)).float()
y = torch.from_numpy(y).long()

model = nn.Sequential(
    nn.Linear(4, 16),
    nn.ReLU(),
    nn.Linear(16, 3),
)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

n_epochs = 50
for epoch in range(n_epochs):
    # forward
    outputs = model(X)
    loss = criterion(outputs, y)
    # backward
    optimizer.zero_grad()
    loss.backward()
    optimizer.step  # bug
    optimizer.step()  # fix
    if (epoch + 1) % 10 == 0:
        print(f"Epoch [{epoch + 1}/{n_epochs}], Loss: {loss.item():.4f}")
