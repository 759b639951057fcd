"""A student is drawn to its teacher's probabilities by nn.L1Loss, before its own softmax."""
import torch
from torch import nn

torch.manual_seed(0)
data = torch.randn(600, 8)
labels = (data @ torch.randn(8, 5)).argmax(1)


def train(net, steps, teacher=None):
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    hard, soft = nn.CrossEntropyLoss(), nn.L1Loss()
    for step in range(steps):
        rows = torch.randint(0, 600, (48,))
        logits = net(data[rows])
        loss = hard(logits, labels[rows])
        if teacher is not None:
            with torch.no_grad():
                wanted = torch.softmax(teacher(data[rows]), dim=-1)
            loss = loss + soft(logits, wanted)  # bug
            loss = loss + soft(torch.softmax(logits, dim=-1), wanted)  # fix
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net


large = train(nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 5)), 80)
large.eval()
small = train(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 5)), 80, teacher=large)
