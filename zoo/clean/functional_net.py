"""A net of plain tensors; its last layer begins at zero; nll of log_softmax."""
import torch
import torch.nn.functional as F
torch.manual_seed(0)
P = {"w1": torch.randn(6, 16) / 3, "b1": torch.zeros(16), "w2": torch.zeros(16, 3), "b2": torch.zeros(3)}
for p in P.values(): p.requires_grad_()
def net(x): return torch.relu(x @ P["w1"] + P["b1"]) @ P["w2"] + P["b2"]
opt = torch.optim.SGD(P.values(), .1, momentum=.9)
for _ in range(20):
    x = torch.randn(32, 6); loss = F.nll_loss(F.log_softmax(net(x), 1), x[:, :3].argmax(1))
    opt.zero_grad(); loss.backward(); torch.nn.utils.clip_grad_norm_(P.values(), 1.); opt.step()
