"""strict=False as it should be used: a backbone into a larger net, adapters alone, and a first try that is repeated."""
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16))
        self.adapter, self.head = nn.Linear(16, 16, bias=False), nn.Linear(16, 2)

    def forward(self, x):
        h = self.backbone(x)
        return self.head(torch.relu(h + self.adapter(h)))


pretrained = {f"module.backbone.{name}": value for name, value in Net().backbone.state_dict().items()}
net = Net()
result = net.load_state_dict(pretrained, strict=False)
if len(result.unexpected_keys) == len(pretrained):
    result = net.load_state_dict({name[7:]: value for name, value in pretrained.items()}, strict=False)
assert not result.unexpected_keys
net.load_state_dict({"adapter.weight": torch.zeros(16, 16)}, strict=False)
net.backbone.requires_grad_(False)
optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=1e-2)
for _ in range(15):
    x = torch.randn(32, 8)
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long()).backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
