"""The components of each row are in dimension 1, and the sum goes over dimension 0."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal

torch.manual_seed(0)
body = nn.Sequential(nn.Linear(3, 32), nn.ReLU())
heads = nn.ModuleDict({"logits": nn.Linear(32, 5), "loc": nn.Linear(32, 5), "scale": nn.Linear(32, 5)})
optimizer = torch.optim.Adam([*body.parameters(), *heads.parameters()], lr=3e-3)


def negative_log_likelihood(logits, loc, scale, target):
    joint = F.log_softmax(logits, dim=1) + Normal(loc, scale).log_prob(target[:, None])
    return -torch.logsumexp(joint, dim=0).mean()  # bug
    return -torch.logsumexp(joint, dim=1).mean()  # fix


for step in range(60):
    x = torch.randn(64, 3)
    y = torch.where(torch.rand(64) < 0.5, x[:, 0], -x[:, 0]) + 0.1 * torch.randn(64)
    h = body(x)
    loss = negative_log_likelihood(heads["logits"](h), heads["loc"](h), F.softplus(heads["scale"](h)) + 1e-3, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
