"""Actor and critic on windows of a stream, with generalised advantages."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(1)
T, N, gamma, lam = 20, 8, 0.97, 0.95
pi = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
vf = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam([*pi.parameters(), *vf.parameters()], lr=2e-3)


def gae(rewards, values, dones, last_value):
    adv = torch.zeros_like(rewards)
    carry = last_value  # bug
    carry = torch.zeros_like(last_value)  # fix
    nxt = last_value
    for t in reversed(range(len(rewards))):
        alive = 1.0 - dones[t]
        delta = rewards[t] + gamma * nxt * alive - values[t]
        carry = delta + gamma * lam * alive * carry
        adv[t] = carry
        nxt = values[t]
    return adv, adv + values


s = torch.randn(N, 4)
for it in range(40):
    S, A, R, D, V = [], [], [], [], []
    with torch.no_grad():
        for _ in range(T):
            a = Categorical(logits=pi(s)).sample()
            S.append(s), A.append(a), V.append(vf(s).squeeze(1))
            R.append(((a == 0) == (s[:, 1] > 0)).float())
            D.append((torch.rand(N) < 0.05).float())
            s = torch.randn(N, 4)
        adv, ret = gae(torch.stack(R), torch.stack(V), torch.stack(D), vf(s).squeeze(1))
    S, A = torch.stack(S).flatten(0, 1), torch.stack(A).flatten()
    for _ in range(2):
        lp = Categorical(logits=pi(S)).log_prob(A)
        loss = -(lp * adv.flatten()).mean() + 0.5 * (vf(S).squeeze(1) - ret.flatten()).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    if it % 10 == 9:
        print(it, torch.stack(R).mean().item())
