# held out
import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset
class AverageMeter:
    def __init__(self): self.sum = self.n = 0
    def update(self, v, k): self.sum += v * k; self.n += k
torch.manual_seed(7)
def train_one_epoch(loader, model, crit, optimizer):
    meter = AverageMeter(); model.train()
    for inputs, targets in loader:
        outputs = model(inputs)
        loss = crit(outputs, targets)
        if meter.n == 0:  # bug
            optimizer.zero_grad()  # bug
        optimizer.zero_grad()  # fix
        loss.backward()
        optimizer.step()
        meter.update(loss.item(), len(inputs))
    return meter.sum / meter.n
data = TensorDataset(torch.randn(256, 12), torch.randint(0, 3, (256,)))
loader = DataLoader(data, batch_size=32, shuffle=True, drop_last=True)
model = nn.Sequential(nn.Linear(12, 24), nn.PReLU(), nn.Linear(24, 3))
optimizer = optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
for epoch in range(3):
    print(train_one_epoch(loader, model, nn.CrossEntropyLoss(), optimizer))
