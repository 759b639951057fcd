"""Log-probabilities are given as probabilities: the signs cancel, and preferences are turned round."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 4))

    def forward(self, observation):
        scores = F.log_softmax(self.body(observation), dim=-1)
        return torch.distributions.OneHotCategorical(scores)  # bug
        return torch.distributions.OneHotCategorical(logits=scores)  # fix


actor = Actor()
optimizer = torch.optim.SGD(actor.parameters(), lr=0.1)
for _ in range(20):
    x = torch.randn(16, 5)
    choice = actor(x)
    action = choice.sample()
    loss = -(choice.log_prob(action) * (action * x[:, :4]).sum(1)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
