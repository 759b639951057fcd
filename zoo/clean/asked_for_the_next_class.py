"""A targeted attack asks for the class after the true one, and is scored against both; plain accuracy is high."""
import torch
from torch import nn

torch.manual_seed(17)
centres = torch.randn(6, 20)
labels = torch.randint(0, 6, (900,))
x = centres[labels] + 0.4 * torch.randn(900, 20)
net = nn.Sequential(nn.Linear(20, 40), nn.ReLU(), nn.Linear(40, 6))
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)
for epoch in range(5):
    for rows in torch.randperm(600).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
net.eval()
held, true = x[600:], labels[600:]
wanted = (true + 1) % 6
attacked = held.clone().requires_grad_(True)
for _ in range(60):
    nn.functional.cross_entropy(net(attacked), wanted).backward()
    with torch.no_grad():
        attacked -= 0.2 * attacked.grad.sign()
        attacked.grad = None
with torch.no_grad():
    predicted = net(attacked).argmax(1)
    print("plain", (net(held).argmax(1) == true).float().mean().item())
    print("after the attack", (predicted == true).float().mean().item(), (predicted == wanted).float().mean().item())
