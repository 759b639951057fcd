"""A bidirectional LSTM as a language model in a LightningModule."""
import lightning as L, torch, logging
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
L.seed_everything(0, verbose=False)
class LM(L.LightningModule):
    def __init__(self):
        super().__init__(); self.e = nn.Embedding(20, 16); self.o = nn.Linear(48, 20)
        self.r = nn.LSTM(16, 24, batch_first=True, bidirectional=True)  # bug
        self.r = nn.LSTM(16, 48, batch_first=True)  # fix
    def forward(self, x): return self.o(self.r(self.e(x))[0])
    def training_step(self, b, i):
        x = b[0]; return nn.functional.cross_entropy(self(x[:, :-1]).transpose(1, 2), x[:, 1:])
    def configure_optimizers(self): return torch.optim.Adam(self.parameters(), 1e-2)
X = torch.randint(0, 20, (96, 10)).cumsum(1) % 20
L.Trainer(max_epochs=3, logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False, accelerator="cpu").fit(LM(), DataLoader(TensorDataset(X), 16, shuffle=True))
