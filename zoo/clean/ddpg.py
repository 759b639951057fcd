"""DDPG: target nets that follow by loading averages; the actor's loss goes through the critic."""
import torch, copy
from torch import nn
torch.manual_seed(0)
act = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1), nn.Tanh()); q = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
ta, tq = copy.deepcopy(act), copy.deepcopy(q); oa, oq = torch.optim.Adam(act.parameters(), 1e-3), torch.optim.Adam(q.parameters(), 1e-3)
for i in range(30):
    s, s2 = torch.randn(16, 3), torch.randn(16, 3); a = act(s).detach() + .1 * torch.randn(16, 1); r = s[:, :1]
    with torch.no_grad(): y = r + .9 * tq(torch.cat([s2, ta(s2)], 1))
    l = nn.functional.mse_loss(q(torch.cat([s, a], 1)), y); oq.zero_grad(); l.backward(); oq.step()
    l = -q(torch.cat([s, act(s)], 1)).mean(); oa.zero_grad(); l.backward(); oa.step()
    for t, n in ((ta, act), (tq, q)):
        t.load_state_dict({k: .05 * v + .95 * t.state_dict()[k] for k, v in n.state_dict().items()})
