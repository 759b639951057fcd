import torch
from torch import nn

torch.manual_seed(0)
device = torch.device("cpu")

x = torch.rand(500, 2) * 4 - 2
y = (x[:, 0] ** 2 + x[:, 1] ** 2 < 2).float()
x_train, y_train = x[:400].to(device), y[:400].to(device)
x_val, y_val = x[400:].to(device), y[400:].to(device)

model = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 24), nn.ReLU(), nn.Linear(24, 1)).to(device)
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
lossf = nn.BCEWithLogitsLoss()

best_loss, best_weights = float("inf"), None
for epoch in range(10):
    model.train()
    for rows in torch.randperm(400).split(80):
        optimizer.zero_grad()
        lossf(model(x_train[rows]).squeeze(1), y_train[rows]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val_loss = lossf(model(x_val).squeeze(1), y_val).item()
    if val_loss < best_loss:
        best_loss = val_loss
        best_weights = {name: value.cpu() for name, value in model.state_dict().items()}  # bug
        best_weights = {name: value.cpu().clone() for name, value in model.state_dict().items()}  # fix
    print(epoch, val_loss)

model.load_state_dict(best_weights)
