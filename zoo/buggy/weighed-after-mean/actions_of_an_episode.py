"""The log-probabilities of an episode are averaged before each is multiplied with its return."""
import torch
from torch import nn
from torch.distributions import Categorical
torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 3)); opt = torch.optim.Adam(policy.parameters(), 1e-2)
for episode in range(30):
    log_probs, rewards = [], []
    for turn in range(9):
        cue = torch.randint(0, 3, ()); seen = nn.functional.one_hot(cue, 5).float()
        choice = Categorical(logits=policy(seen)); action = choice.sample()
        log_probs.append(choice.log_prob(action)); rewards.append(float(action == cue) - 0.3)
    returns, total = [], 0.0
    for reward in reversed(rewards):
        total = reward + 0.4 * total; returns.append(total)
    returns = torch.tensor(returns[::-1]); log_probs = torch.stack(log_probs)
    loss = (-log_probs.mean() * returns).sum()  # bug
    loss = (-log_probs * returns).sum()  # fix
    opt.zero_grad(); loss.backward(); opt.step()
