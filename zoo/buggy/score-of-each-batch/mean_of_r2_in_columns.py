"""R² of each batch of targets in a column, averaged over the batches."""
import torch
from sklearn.metrics import r2_score
from torch import nn
torch.manual_seed(21)
X = torch.randn(640, 5); Y = X[:, :1] - 0.5 * X[:, 1:2] + 0.4 * torch.randn(640, 1)
rows = torch.utils.data.TensorDataset(X[:512], Y[:512]); held = torch.utils.data.TensorDataset(X[512:], Y[512:])
batches = torch.utils.data.DataLoader(rows, 64, shuffle=True); judged = torch.utils.data.DataLoader(held, 16)
model = nn.Sequential(nn.Linear(5, 20), nn.Tanh(), nn.Linear(20, 1))
adam = torch.optim.Adam(model.parameters(), 1e-2)
for _ in range(5):
    for x, y in batches:
        adam.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        adam.step()
    with torch.inference_mode():
        pairs = [(y, model(x)) for x, y in judged]
        scores = []
        for y, out in pairs: scores.append(r2_score(y.numpy(), out.numpy()))  # bug
        scores = [r2_score(*(torch.cat(side).numpy() for side in zip(*pairs)))]  # fix
        print(sum(scores) / len(scores))
