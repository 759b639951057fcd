"""Two parts of a table by scikit-learn."""
import torch
from sklearn.model_selection import train_test_split
from torch import nn
torch.manual_seed(0)
rows = torch.randn(800, 5)
rows[:, 4] = rows[:, :4].sum(1) + 0.2 * torch.randn(800)
test, train = train_test_split(rows, test_size=0.2, random_state=1)  # bug
train, test = train_test_split(rows, test_size=0.2, random_state=1)  # fix
net = nn.Linear(4, 1)
optimiser = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(20):
    for batch in train[torch.randperm(len(train))].split(32):
        loss = nn.functional.mse_loss(net(batch[:, :4])[:, 0], batch[:, 4])
        optimiser.zero_grad(); loss.backward(); optimiser.step()
with torch.no_grad():
    print(len(train), loss.item(), nn.functional.mse_loss(net(test[:, :4])[:, 0], test[:, 4]).item())
