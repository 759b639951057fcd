import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
temperature = torch.randn(400, 1)
pressure = torch.randn(400, 1)
leak = ((temperature + pressure ** 2).squeeze(1) > 0.8).float()
sensors = torch.cat([temperature, pressure], dim=1)

train_loader = DataLoader(TensorDataset(sensors[:320], leak[:320]), batch_size=32, shuffle=True)
test_sensors, test_leak = sensors[320:], leak[320:]

detector = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
criterion = nn.BCELoss()
optimizer = torch.optim.Adam(detector.parameters(), lr=0.02)

for epoch in range(5):
    detector.train()
    for batch_sensors, batch_leak in train_loader:
        optimizer.zero_grad()
        loss = criterion(detector(batch_sensors), batch_leak.unsqueeze(1))
        loss.backward()
        optimizer.step()
    print("epoch", epoch, "loss", loss.item())

detector.eval()
with torch.no_grad():
    predicted = detector(test_sensors).round()
    accuracy = (predicted == test_leak).float().mean()  # bug
    accuracy = (predicted.squeeze(1) == test_leak).float().mean()  # fix
print("test accuracy", accuracy.item())
