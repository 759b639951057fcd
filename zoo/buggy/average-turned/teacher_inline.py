"""A mean teacher whose loop writes into the student."""
import copy, torch
from sklearn.datasets import load_digits
from torch import nn
torch.manual_seed(0)
x, y = (torch.as_tensor(part) for part in load_digits(return_X_y=True))
x = x.float() / 16
student = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
teacher = copy.deepcopy(student).requires_grad_(False)
opt = torch.optim.SGD(student.parameters(), lr=0.1, momentum=0.9)
for epoch in range(3):
    for i in torch.randperm(len(x)).split(64):
        noisy = x[i] + 0.1 * torch.randn_like(x[i])
        agree = nn.functional.mse_loss(student(noisy).softmax(1), teacher(x[i]).softmax(1))
        loss = nn.functional.cross_entropy(student(x[i]), y[i]) + agree
        opt.zero_grad(); loss.backward(); opt.step()
        with torch.no_grad():
            for s, t in zip(student.parameters(), teacher.parameters()):
                s.mul_(0.99).add_(t, alpha=0.01)  # bug
                t.mul_(0.99).add_(s, alpha=0.01)  # fix
