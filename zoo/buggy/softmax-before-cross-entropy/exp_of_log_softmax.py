"""exp(log_softmax) in a method called predict, which training uses too."""
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

class Classifier(nn.Module):
    def __init__(self, d, k):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(d, 40), nn.GELU(), nn.Linear(40, k))

    def forward(self, x):
        return F.log_softmax(self.body(x), dim=-1)

    def predict(self, x):
        return self(x).exp()

torch.manual_seed(3)
model = Classifier(12, 4)
ds = TensorDataset(torch.randn(300, 12), torch.randint(0, 4, (300,)))
opt = torch.optim.AdamW(model.parameters())
for xb, yb in DataLoader(ds, 30, shuffle=True):
    probs = model.predict(xb)  # bug
    probs = model(xb)  # fix
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)(probs, yb)
    opt.zero_grad(set_to_none=False)
    loss.backward()
    opt.step()
