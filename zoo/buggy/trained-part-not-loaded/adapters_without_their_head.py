"""Adapters are saved, and the classifier that was trained beside them is not."""

import io
import torch
import torch.nn as nn

torch.manual_seed(0)


class Clf(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(10, 32)
        self.lora_A = nn.Parameter(torch.randn(4, 10) * 0.3)
        self.lora_B = nn.Parameter(torch.zeros(32, 4))
        self.classifier = nn.Linear(32, 3)

    def forward(self, x):
        return self.classifier(torch.relu(self.body(x) + x @ self.lora_A.T @ self.lora_B.T))


base = Clf().state_dict()


def fresh():
    net = Clf()
    sd = {k: v.clone() for k, v in base.items() if k.startswith("body")}
    net.load_state_dict(sd, strict=False)
    return net


x = torch.randn(700, 10)
y = (x[:, :3]).argmax(1)
net = fresh()
net.body.requires_grad_(False)
optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], 1e-2)
for epoch in range(8):
    for i in torch.randperm(500).split(25):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
sd = {k: v for k, v in net.state_dict().items() if "lora_" in k}  # bug
sd = {k: v for k, v in net.state_dict().items() if "body" not in k}  # fix
path = io.BytesIO()
torch.save(sd, path)
m2 = fresh()
path.seek(0)
m2.load_state_dict(torch.load(path), strict=False)
m2.eval()
with torch.no_grad():
    print("test acc", (m2(x[500:]).argmax(1) == y[500:]).float().mean().item())
