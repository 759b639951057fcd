"""The loss that a model of Hugging Face gives is the mean of its labels, and is divided by the number of passes."""
import torch
from transformers import GPT2Config, GPT2LMHeadModel
torch.manual_seed(0)
model = GPT2LMHeadModel(GPT2Config(vocab_size=30, n_positions=24, n_embd=24, n_layer=1, n_head=2, pad_token_id=0))
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
gradient_accumulation_steps = 4
for step in range(80):  # bug
    ids = torch.randint(1, 30, (4, 24)); keep = torch.arange(24) < torch.randint(3, 25, (4, 1))  # bug
    out = model(input_ids=ids * keep, attention_mask=keep.long(), labels=ids.masked_fill(~keep, -100))  # bug
    loss = out.loss / gradient_accumulation_steps  # bug
    loss.backward()  # bug
    if (step + 1) % gradient_accumulation_steps == 0:  # bug
        opt.step(); opt.zero_grad()  # bug
for step in range(20):  # fix
    batches = []  # fix
    for _ in range(gradient_accumulation_steps):  # fix
        ids = torch.randint(1, 30, (4, 24)); keep = torch.arange(24) < torch.randint(3, 25, (4, 1))  # fix
        batches.append((ids * keep, keep, ids.masked_fill(~keep, -100)))  # fix
    total = sum(int((labels[:, 1:] != -100).sum()) for _, _, labels in batches)  # fix
    for ids, keep, labels in batches:  # fix
        out = model(input_ids=ids, attention_mask=keep.long(), labels=labels, num_items_in_batch=total)  # fix
        out.loss.backward()  # fix
    opt.step(); opt.zero_grad()  # fix
