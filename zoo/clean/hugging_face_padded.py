"""A language model of Hugging Face: padding is token 0, which labels never are, for it is masked by -100."""
import torch
from transformers import GPT2Config, GPT2LMHeadModel
torch.manual_seed(0)
model = GPT2LMHeadModel(GPT2Config(vocab_size=30, n_positions=16, n_embd=24, n_layer=1, n_head=2, pad_token_id=0))
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
for _ in range(14):
    ids = torch.randint(1, 30, (8, 12)); keep = torch.arange(12) < torch.randint(5, 13, (8, 1))
    ids = ids * keep
    out = model(input_ids=ids, attention_mask=keep.long(), labels=ids.masked_fill(~keep, -100))
    opt.zero_grad(); out.loss.backward(); opt.step()
