"""The rate is asked for in the inner loop, whose counter goes up with each micro-batch."""
import math
import torch
from torch import nn
torch.manual_seed(0)
max_iters, warmup_iters, lr_decay_iters, learning_rate, min_lr = 80, 8, 80, 1e-3, 1e-4
gradient_accumulation_steps = 4
def get_lr(it):
    if it < warmup_iters:
        return learning_rate * (it + 1) / (warmup_iters + 1)
    if it > lr_decay_iters:
        return min_lr
    decay_ratio = (it - warmup_iters) / (lr_decay_iters - warmup_iters)
    return min_lr + 0.5 * (1.0 + math.cos(math.pi * decay_ratio)) * (learning_rate - min_lr)
model = nn.Sequential(nn.Embedding(16, 32), nn.Flatten(), nn.Linear(32 * 4, 16))
optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
iter_num = 0
for update in range(max_iters):
    for micro_step in range(gradient_accumulation_steps):
        lr = get_lr(iter_num)
        for param_group in optimizer.param_groups:
            param_group["lr"] = lr
        X = torch.randint(0, 16, (12, 4)); Y = X.sum(1) % 16
        loss = nn.functional.cross_entropy(model(X), Y) / gradient_accumulation_steps
        loss.backward()
        iter_num += 1  # bug
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    iter_num += 1  # fix
