"""Returns over several environments: the loop takes the ends of episodes, and does not use them."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
class Corridor:
    def __init__(self): self.cell = torch.randint(1, 6, (8,))
    def observe(self): return F.one_hot(self.cell, 7).float()
    def act(self, action):
        self.cell = (self.cell + 2 * action - 1).clamp(0, 6); reward, done = (self.cell == 6).float(), (self.cell == 6) | (self.cell == 0)
        self.cell = torch.where(done, torch.randint(1, 6, (8,)), self.cell); return reward, done.float()
body, actor, critic = nn.Sequential(nn.Linear(7, 32), nn.Tanh()), nn.Linear(32, 2), nn.Linear(32, 1); gamma, env = 0.95, Corridor()
opt = torch.optim.Adam([*body.parameters(), *actor.parameters(), *critic.parameters()], 5e-3)
for update in range(40):
    log_probs, values, rewards, dones = [], [], [], []
    for t in range(6):
        h = body(env.observe()); dist = torch.distributions.Categorical(logits=actor(h)); action = dist.sample(); reward, done = env.act(action)
        log_probs.append(dist.log_prob(action)); values.append(critic(h)[:, 0]); rewards.append(reward); dones.append(done)
    with torch.no_grad(): R = critic(body(env.observe()))[:, 0]
    returns = []
    for reward, done in zip(reversed(rewards), reversed(dones)):
        R = reward + gamma * R  # bug
        R = reward + gamma * R * (1 - done)  # fix
        returns.insert(0, R)
    returns, values = torch.stack(returns), torch.stack(values); advantage = (returns - values).detach()
    loss = -(torch.stack(log_probs) * advantage).mean() + 0.5 * F.mse_loss(values, returns)
    opt.zero_grad(); loss.backward(); opt.step()
