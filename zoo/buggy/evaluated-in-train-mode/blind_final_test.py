import torch
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn

torch.manual_seed(0)
data = load_breast_cancer()
X_train, X_test, y_train, y_test = train_test_split(data.data, data.target, test_size=0.3, random_state=7)
scaler = StandardScaler()
X_train = torch.FloatTensor(scaler.fit_transform(X_train))
X_test = torch.FloatTensor(scaler.transform(X_test))
y_train, y_test = torch.FloatTensor(y_train), torch.FloatTensor(y_test)

model = nn.Sequential(
    nn.Linear(30, 32),
    nn.ReLU(),
    nn.Dropout(0.4),
    nn.Linear(32, 1),
    nn.Flatten(0),
)
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

for epoch in range(6):
    model.train()
    permutation = torch.randperm(len(X_train))
    for i in range(0, len(X_train), 64):
        rows = permutation[i:i + 64]
        optimizer.zero_grad()
        loss = criterion(model(X_train[rows]), y_train[rows])
        loss.backward()
        optimizer.step()
    print(f"Epoch {epoch + 1}, loss {loss.item():.4f}")

model.eval()  # fix
with torch.no_grad():
    test_logits = model(X_test)
    test_loss = criterion(test_logits, y_test)
    correct = ((test_logits > 0).float() == y_test).sum().item()
print(f"Test loss {test_loss.item():.4f}, accuracy {correct / len(y_test):.3f}")
