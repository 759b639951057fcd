# held out
import torch
from torch import nn
torch.manual_seed(0)
class EarlyStopping:
    def __init__(self, patience): self.patience, self.best, self.weights, self.bad = patience, None, None, 0
    def __call__(self, score, model):
        if self.best is None or score < self.best - 1e-4:
            self.best, self.bad = score, 0
            self.weights = model.state_dict()  # bug
            self.weights = {k: v.detach().clone() for k, v in model.state_dict().items()}  # fix
        else: self.bad += 1
        return self.bad >= self.patience
net = nn.Linear(4, 1); opt = torch.optim.SGD(net.parameters(), 0.9); stop = EarlyStopping(4)
X = torch.randn(120, 4); Y = X.sum(1, keepdim=True) + torch.randn(120, 1)
for e in range(40):
    loss = nn.functional.mse_loss(net(X[:80]), Y[:80]); opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): v = nn.functional.mse_loss(net(X[80:]), Y[80:]).item()
    if stop(v + 0.01 * e, net): break
net.load_state_dict(stop.weights)
