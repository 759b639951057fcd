import torch
from torch import nn
torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2), nn.Softmax(dim=-1))
opt = torch.optim.Adam(policy.parameters(), 1e-2)
for ep in range(15):
    logps, rewards = [], []
    s = torch.randn(4)
    for t in range(10):
        p = policy(s)
        m = torch.distributions.Categorical(p)
        a = m.sample(); logps.append(m.log_prob(a)); rewards.append(float(a) if s[0] > 0 else 1 - float(a))
        s = torch.randn(4)
    R = torch.tensor(rewards).flip(0).cumsum(0).flip(0); R = (R - R.mean()) / (R.std() + 1e-6)
    loss = -(torch.stack(logps) * R).sum()
    opt.zero_grad(); loss.backward(); opt.step()
