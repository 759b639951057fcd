"""Arguments in another order than their names on purpose: a divergence both ways, a net that goes back from hidden to
input, attention across two streams, and a warmup that is counted in another function's unit."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 12)
y = (x[:, 0] + x[:, 1] > 0).long()


def divergence(student, teacher):
    return nn.functional.kl_div(student.log_softmax(1), teacher.softmax(1), reduction="batchmean")


def layer(input_size, hidden_size):
    return nn.Sequential(nn.Linear(input_size, hidden_size), nn.ReLU())


def across(image, text):
    return (image.unsqueeze(2) * text.unsqueeze(1)).softmax(2) @ text.unsqueeze(2)


def factor(step, warmup_steps):
    return min(1.0, (step + 1) / warmup_steps)


input_size, hidden_size, warmup_steps = 12, 32, 20
encode, decode = layer(input_size, hidden_size), layer(hidden_size, input_size)
one, other = (nn.Linear(hidden_size, 2) for _ in range(2))
params = [p for part in (encode, decode, one, other) for p in part.parameters()]
opt = torch.optim.Adam(params, lr=3e-3)
schedule = torch.optim.lr_scheduler.LambdaLR(opt, lambda step: factor(step, warmup_steps))
for epoch in range(6):
    for rows in torch.randperm(600).split(50):
        hidden = encode(x[rows])
        student, teacher = one(hidden), other(hidden)
        image, text = hidden[:, :16], hidden[:, 16:]
        seen = across(image, text).mean() + across(text, image).mean()
        loss = nn.functional.cross_entropy(student, y[rows]) + nn.functional.cross_entropy(teacher, y[rows])
        loss = loss + 0.1 * (divergence(student, teacher) + divergence(teacher, student)) + 1e-3 * seen
        loss = loss + 0.1 * (decode(hidden) - x[rows]).square().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        schedule.step()
    print(epoch, loss.item())
