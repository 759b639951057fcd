# %%
import torch
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

X, y = load_diabetes(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=42)
sx = StandardScaler().fit(X_train)
mu, sd = y_train.mean(), y_train.std()

# %%
to = lambda a: torch.tensor(a, dtype=torch.float32)
target = to((y_train - mu) / sd)
target = target.unsqueeze(1)  # fix
train_dl = DataLoader(TensorDataset(to(sx.transform(X_train)), target), batch_size=32, shuffle=True)

# %%
torch.manual_seed(42)
reg = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 1))
loss_fn = nn.HuberLoss(delta=1.5)
opt = torch.optim.AdamW(reg.parameters(), lr=5e-3)
for epoch in range(8):
    reg.train()
    for xb, yb in train_dl:
        loss = loss_fn(reg(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())

# %%
reg.eval()
with torch.no_grad():
    guess = reg(to(sx.transform(X_test))).squeeze(1).numpy() * sd + mu
print("MAE", abs(guess - y_test).mean())
