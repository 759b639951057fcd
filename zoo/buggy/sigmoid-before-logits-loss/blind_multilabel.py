import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(5)

# 6 tags for each document, bag of 40 words
docs = torch.rand(480, 40)
mix = torch.randn(40, 6)
tags = ((docs - 0.5) @ mix > 1.0).float()
pos_weight = (len(tags) - tags.sum(0)) / tags.sum(0)

layers = [nn.Linear(40, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 6)]
layers.append(nn.Sigmoid())  # bug
model = nn.Sequential(*layers)

criterion = nn.BCEWithLogitsLoss(pos_weight=pos_weight)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
loader = DataLoader(TensorDataset(docs, tags), batch_size=48, shuffle=True)

model.train()
for epoch in range(5):
    epoch_loss = 0.0
    for x, t in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), t)
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item()
    print(f"[{epoch}] {epoch_loss / len(loader):.4f}")
