"""A function of a training step that makes augmented images and gives the net the others."""
import torch
from torch import nn
def augment(images):
    images = torch.where(torch.rand(len(images), 1, 1, 1) < 0.5, images.flip(-1), images)
    return images + 0.1 * torch.randn_like(images)
def train_step(state, images, labels):
    augmented = augment(images)
    logits = state["net"](images)  # bug
    logits = state["net"](augmented)  # fix
    loss = nn.functional.cross_entropy(logits, labels)
    state["opt"].zero_grad(); loss.backward(); state["opt"].step()
    return loss.item()
torch.manual_seed(0)
labels = torch.randint(0, 3, (240,)); images = torch.randn(3, 1, 9, 9)[labels] + torch.randn(240, 1, 9, 9)
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(392, 3))
state = {"net": net, "opt": torch.optim.Adam(net.parameters(), 1e-3)}
for epoch in range(8): print(epoch, [train_step(state, images[b], labels[b]) for b in torch.randperm(240).split(24)][-1])
