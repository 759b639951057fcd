"""A graph autoencoder: the sparse matrix that it reads holds the links that it is to find."""
import numpy as np
import scipy.sparse as sp
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0); np.random.seed(0)
def load(n=140):
    c = np.random.randint(0, 4, n)
    p = np.where(c[:, None] == c[None], 0.18, 0.01)
    a = np.triu(np.random.rand(n, n) < p, 1)
    return sp.csr_matrix(a + a.T, dtype=np.float32), np.eye(4, dtype=np.float32)[c] + 0.7 * np.random.randn(n, 4).astype("float32")
def mask_test_edges(adj):
    coo = sp.triu(adj, 1).tocoo()
    edges = np.stack([coo.row, coo.col], 1)
    np.random.shuffle(edges)
    m = len(edges) // 10
    test_edges, val_edges, train_edges = edges[:m], edges[m:2 * m], edges[2 * m:]
    a = sp.coo_matrix((np.ones(len(train_edges)), (train_edges[:, 0], train_edges[:, 1])), shape=adj.shape)
    return a + a.T, val_edges, test_edges
def normalise(adj):
    adj = sp.coo_matrix(adj + sp.eye(adj.shape[0]))
    d = np.power(np.array(adj.sum(1)).flatten(), -0.5)
    adj = (sp.diags(d) @ adj @ sp.diags(d)).tocoo()
    return torch.sparse_coo_tensor(torch.tensor(np.stack([adj.row, adj.col])), torch.tensor(adj.data).float(), adj.shape).coalesce()
class GAE(nn.Module):
    def __init__(self):
        super().__init__(); self.w0, self.w1 = nn.Parameter(torch.randn(4, 32) * 0.3), nn.Parameter(torch.randn(32, 16) * 0.2)
    def forward(self, x, adj):
        h = F.relu(torch.sparse.mm(adj, x @ self.w0))
        z = torch.sparse.mm(adj, h @ self.w1)
        return z @ z.t()
adj, feats = load(); x = torch.tensor(feats)
adj_train, val_edges, test_edges = mask_test_edges(adj)
adj_norm = normalise(adj)  # bug
adj_norm = normalise(adj_train)  # fix
label = torch.tensor((adj_train + sp.eye(adj.shape[0])).toarray()).float()
w = (label.numel() - label.sum()) / label.sum()
model = GAE(); opt = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(60):
    rec = model(x, adj_norm)
    loss = F.binary_cross_entropy_with_logits(rec, label, pos_weight=w)
    opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad():
    rec = model(x, adj_norm)
    pos = rec[test_edges[:, 0], test_edges[:, 1]]; i, j = np.random.randint(0, 140, (2, len(test_edges))); neg = rec[i, j]
    print((pos[:, None] > neg[None]).float().mean().item())
