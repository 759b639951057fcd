"""The probability of one output by softmax: it is 1 for every row."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(8, 24), nn.Linear(24, 1)

    def forward(self, signal):
        score = self.head(torch.tanh(self.body(signal)))
        return {"probability": F.softmax(score, dim=-1)}  # bug
        return {"probability": torch.sigmoid(score)}  # fix


model = Detector()
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
for _ in range(25):
    signal = torch.randn(32, 8)
    event = (signal.norm(dim=1, keepdim=True) > 2.8).float()
    loss = F.binary_cross_entropy(model(signal)["probability"], event)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
