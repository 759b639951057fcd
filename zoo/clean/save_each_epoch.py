import io
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters())
for e in range(5):
    for i in range(6):
        x = torch.randn(32, 6); y = (x[:, 0] > 0).long()
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    buf = io.BytesIO(); state = {"model": net.state_dict(), "opt": opt.state_dict(), "epoch": e}
    torch.save(state, buf)
    buf.seek(0); net.load_state_dict(torch.load(buf)["model"])
