"""The labels are shifted by the loop, and by the model of Hugging Face again."""
import torch
from transformers import GPT2Config, GPT2LMHeadModel
torch.manual_seed(0)
model = GPT2LMHeadModel(GPT2Config(vocab_size=30, n_positions=16, n_embd=24, n_layer=1, n_head=2))
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
for _ in range(14):
    ids = torch.randint(0, 30, (8, 13))
    out = model(input_ids=ids[:, :-1], labels=ids[:, 1:])  # bug
    out = model(input_ids=ids, labels=ids)  # fix
    opt.zero_grad(); out.loss.backward(); opt.step()
