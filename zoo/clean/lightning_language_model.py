"""A language model as a LightningModule, with a plateau and clipping by the trainer."""
import torch, logging
import lightning as L
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
L.seed_everything(0, verbose=False)
class LM(L.LightningModule):
    def __init__(self):
        super().__init__(); self.e = nn.Embedding(20, 16); self.r = nn.GRU(16, 24, batch_first=True); self.o = nn.Linear(24, 20)
    def forward(self, x): return self.o(self.r(self.e(x))[0])
    def step(self, b):
        x = b[0]; return nn.functional.cross_entropy(self(x[:, :-1]).transpose(1, 2), x[:, 1:])
    def training_step(self, b, i): return self.step(b)
    def validation_step(self, b, i): self.log("v", self.step(b))
    def configure_optimizers(self):
        o = torch.optim.Adam(self.parameters(), 1e-2)
        return {"optimizer": o, "lr_scheduler": {"scheduler": torch.optim.lr_scheduler.ReduceLROnPlateau(o, patience=1), "monitor": "v"}}
X = torch.randint(0, 20, (96, 10)).cumsum(1) % 20
L.Trainer(max_epochs=5, logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False, accelerator="cpu", gradient_clip_val=1.0).fit(LM(), DataLoader(TensorDataset(X[:64]), 16, shuffle=True), DataLoader(TensorDataset(X[64:]), 16))
