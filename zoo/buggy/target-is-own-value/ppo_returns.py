"""The returns are made of values and of advantages that are still zero."""
import torch
import torch.nn as nn
from torch.distributions import Categorical
torch.manual_seed(1)
agent_body = nn.Sequential(nn.Linear(6, 32), nn.Tanh())
actor, critic = nn.Linear(32, 2), nn.Linear(32, 1)
params = [*agent_body.parameters(), *actor.parameters(), *critic.parameters()]
opt = torch.optim.Adam(params, lr=1e-3, eps=1e-5)
N, T, gamma, lam = 8, 16, 0.99, 0.95
obs = torch.randn(N, 6)
for update in range(8):
    st = {k: torch.zeros(T, N) for k in ("logp", "rew", "done", "val", "adv")}
    st["obs"], st["act"] = torch.zeros(T, N, 6), torch.zeros(T, N, dtype=torch.long)
    with torch.no_grad():
        for t in range(T):
            h = agent_body(obs); dist = Categorical(logits=actor(h)); a = dist.sample()
            st["obs"][t], st["act"][t], st["logp"][t], st["val"][t] = obs, a, dist.log_prob(a), critic(h)[:, 0]
            st["rew"][t] = obs[:, 0] * (2 * a - 1)
            done = (torch.rand(N) < 0.05).float(); st["done"][t] = done
            obs = torch.where(done[:, None] > 0, torch.randn(N, 6), 0.9 * obs + 0.4 * torch.randn(N, 6))
        nv, last = critic(agent_body(obs))[:, 0], torch.zeros(N)
        advantages = torch.zeros(T, N)
        for t in reversed(range(T)):
            nonterm = 1 - st["done"][t]
            delta = st["rew"][t] + gamma * nv * nonterm - st["val"][t]
            last = delta + gamma * lam * nonterm * last
            advantages[t] = last; nv = st["val"][t]
        returns = st["adv"] + st["val"]  # bug
        returns = advantages + st["val"]  # fix
        st["adv"] = advantages
    flat = {k: v.flatten(0, 1) for k, v in st.items()}; ret = returns.flatten()
    for _ in range(3):
        for mb in torch.randperm(N * T).chunk(4):
            h = agent_body(flat["obs"][mb]); d = Categorical(logits=actor(h))
            ratio = (d.log_prob(flat["act"][mb]) - flat["logp"][mb]).exp()
            adv = flat["adv"][mb]; adv = (adv - adv.mean()) / (adv.std() + 1e-8)
            pg = torch.max(-adv * ratio, -adv * ratio.clamp(.8, 1.2)).mean()
            vl = 0.5 * (critic(h)[:, 0] - ret[mb]).pow(2).mean()
            loss = pg + 0.5 * vl - 0.01 * d.entropy().mean()
            opt.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(params, 0.5); opt.step()
    print(update, st["rew"].mean().item(), vl.item())
