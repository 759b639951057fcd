"""Nodes of a graph are classified; a column says which of them may be trained on."""
import torch
import torch.nn.functional as F

torch.manual_seed(6)
n = 150
group = torch.randint(0, 3, (n,))
near = (torch.rand(n, n) < torch.where(group[:, None] == group, 0.12, 0.01)).float()
near = ((near + near.T) > 0).float() + torch.eye(n)
near = near / near.sum(1, keepdim=True)
features = torch.randn(n, 8) + F.one_hot(group, 8)
table = {"train": (torch.rand(n) < 0.4).to(torch.int64), "test": torch.rand(n) < 0.3}
first, second = torch.nn.Linear(8, 16), torch.nn.Linear(16, 3)
optimizer = torch.optim.Adam([*first.parameters(), *second.parameters()], lr=1e-2)
train_mask = table["train"]
train_mask = train_mask.bool()  # fix
for epoch in range(80):
    out = second(near @ torch.relu(first(near @ features)))
    loss = F.cross_entropy(out[train_mask], group[train_mask])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item(), (out.argmax(1) == group)[table["test"]].float().mean().item())
