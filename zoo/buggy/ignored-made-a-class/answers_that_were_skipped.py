"""Many questions a person, of which most are not answered (-1): the loss leaves these out, the preparation does not."""
import torch
from torch import nn

torch.manual_seed(0)
people = torch.randn(800, 10)
answers = (people @ torch.randn(10, 6) > 0).long()
answers[torch.rand(800, 6) < 0.5] = -1


def prepare(people, answers):
    people = (people - people.mean(0)) / people.std(0)
    answers = answers.masked_fill(answers == -1, 0)  # bug
    return people, answers


x, y = prepare(people, answers)
net = nn.Sequential(nn.Linear(10, 48), nn.ReLU(), nn.Linear(48, 12))
criterion = nn.CrossEntropyLoss(ignore_index=-1)
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(800).split(50):
        loss = criterion(net(x[rows]).view(-1, 2, 6), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
