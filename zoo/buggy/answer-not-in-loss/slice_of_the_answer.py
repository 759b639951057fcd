"""Fine-tuning on answers: the slice that is left out is that of the answers."""

import torch
import torch.nn as nn

torch.manual_seed(0)
V = 40


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(V, 32)
        self.r = nn.GRU(32, 64, batch_first=True)
        self.o = nn.Linear(64, V)

    def forward(self, ids, labels=None):
        logits = self.o(self.r(self.e(ids))[0])
        loss = nn.functional.cross_entropy(logits[:, :-1].reshape(-1, V), labels[:, 1:].reshape(-1), ignore_index=-100)
        return loss, logits


prompt = torch.randint(3, V, (400, 5))
ans = prompt.flip(1)
ids = torch.cat([prompt, ans], 1)
labels = ids.clone()
labels[:, 5:] = -100  # bug
labels[:, :5] = -100  # fix
net = LM()
optimizer = torch.optim.AdamW(net.parameters(), 2e-3)
for epoch in range(5):
    for i in torch.randperm(400).split(20):
        loss, _ = net(ids[i], labels[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        _, lg = net(ids[:100], labels[:100])
        acc = (lg[:, 4:-1].argmax(-1) == ids[:100, 5:]).float().mean()
    net.train()
    print(epoch, loss.item(), acc.item())
