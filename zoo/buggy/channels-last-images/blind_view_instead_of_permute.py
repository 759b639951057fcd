import numpy as np
import torch
import torch.nn as nn

rng = np.random.RandomState(0)
labels = rng.randint(0, 3, 240)
images = rng.rand(240, 14, 14, 3).astype(np.float32) * 0.6       # as a reader of PNG files gives them
for k in range(3):
    images[labels == k, :, :, k] += 0.15

batch_images = torch.from_numpy(images)
batch_labels = torch.from_numpy(labels)
n, h, w, c = batch_images.shape
x = batch_images.view(n, c, h, w)  # bug
x = batch_images.permute(0, 3, 1, 2).contiguous()  # fix
x = (x - 0.4) / 0.2

torch.manual_seed(0)
net = nn.Sequential(
    nn.Conv2d(3, 12, kernel_size=3), nn.ReLU(),
    nn.Conv2d(12, 12, kernel_size=3, stride=2), nn.ReLU(),
    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 3),
)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(5):
    perm = torch.randperm(n)
    for i in range(0, n, 40):
        pick = perm[i:i + 40]
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x[pick]), batch_labels[pick])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
