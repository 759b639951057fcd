"""Two nets against each other, whose schedules give the rate in the place of a factor."""
import torch
from torch import nn

torch.manual_seed(0)
real = torch.randn(800, 2) @ torch.tensor([[1.0, 0.8], [0.0, 0.5]]) + 2
made = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
judge = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
rate = 0.005
pair = [torch.optim.Adam(net.parameters(), lr=rate, betas=(0.5, 0.9)) for net in (made, judge)]
schedules = [torch.optim.lr_scheduler.LambdaLR(o, lambda i: rate * 0.998**i) for o in pair]  # bug
schedules = [torch.optim.lr_scheduler.LambdaLR(o, lambda i: 0.998**i) for o in pair]  # fix
bce = nn.BCEWithLogitsLoss()
for step in range(200):
    batch = real[torch.randint(800, (64,))]
    fake = made(torch.randn(64, 4))
    loss = bce(judge(batch), torch.ones(64, 1)) + bce(judge(fake.detach()), torch.zeros(64, 1))
    pair[1].zero_grad()
    loss.backward()
    pair[1].step()
    gain = bce(judge(fake), torch.ones(64, 1))
    pair[0].zero_grad()
    gain.backward()
    pair[0].step()
    for schedule in schedules:
        schedule.step()
print(fake.mean(0).tolist())
