"""Several scans a patient, split by row."""
import numpy as np
import pandas as pd
import torch
from sklearn.model_selection import GroupShuffleSplit, train_test_split
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
patient = np.repeat(np.arange(40), 5)
frame = pd.DataFrame(rng.normal(size=(200, 4)) + rng.normal(size=(40, 4))[patient], columns=list("abcd"))
frame["patient_id"], frame["ill"] = patient, (patient % 3 == 0).astype(int)
train, test = train_test_split(frame, test_size=0.25, random_state=0)  # bug
train, test = (frame.iloc[rows] for rows in next(GroupShuffleSplit(1).split(frame, groups=patient)))  # fix
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
x, y = torch.tensor(train[list("abcd")].to_numpy(), dtype=torch.float32), torch.tensor(train["ill"].to_numpy())
for epoch in range(3):
    for part in torch.randperm(len(x)).split(30):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[part]), y[part]).backward()
        optimizer.step()
