"""A schedule of the program's own: first up, then down; its user gives the numbers of steps in the other order."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(800, 10)
y = (x[:, 0] * x[:, 1] > 0).long()


def up_and_down(optimizer, num_warmup_steps, num_training_steps):
    def factor(step):
        if step < num_warmup_steps:
            return (step + 1) / num_warmup_steps
        return max(0.02, (num_training_steps - step) / max(1, num_training_steps - num_warmup_steps))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
epochs, each = 8, 20
warmup_steps = epochs * each // 10
schedule = up_and_down(opt, epochs * each, warmup_steps)  # bug
schedule = up_and_down(opt, warmup_steps, epochs * each)  # fix
for epoch in range(epochs):
    for rows in torch.randperm(800).split(800 // each):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
        schedule.step()
    print(epoch, loss.item(), opt.param_groups[0]["lr"])
