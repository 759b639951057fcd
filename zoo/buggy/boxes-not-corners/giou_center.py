"""A set criterion whose boxes are centres and sizes."""
import torch
from torch import nn
import torch.nn.functional as F

def box_cxcywh_to_xyxy(b):
    cx, cy, w, h = b.unbind(-1); return torch.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], -1)
def box_area(b): return (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
def generalized_iou(a, b):
    lt, rb = torch.max(a[:, :2], b[:, :2]), torch.min(a[:, 2:], b[:, 2:]); wh = (rb - lt).clamp(min=0)
    inter = wh[:, 0] * wh[:, 1]; union = box_area(a) + box_area(b) - inter; iou = inter / (union + 1e-6)
    lt, rb = torch.min(a[:, :2], b[:, :2]), torch.max(a[:, 2:], b[:, 2:]); wh = (rb - lt).clamp(min=0); area = wh[:, 0] * wh[:, 1]
    return iou - (area - union) / (area + 1e-6)

class SetCriterion(nn.Module):
    def forward(self, pred, target):
        loss_bbox = F.l1_loss(pred["boxes"], target["boxes"])
        loss_giou = (1 - generalized_iou(pred["boxes"], target["boxes"])).mean()  # bug
        loss_giou = (1 - generalized_iou(box_cxcywh_to_xyxy(pred["boxes"]), box_cxcywh_to_xyxy(target["boxes"]))).mean()  # fix
        return {"bbox": loss_bbox, "giou": loss_giou}

torch.manual_seed(0)
n = 400; c = 0.25 + 0.5 * torch.rand(n, 2); s = 0.15 + 0.25 * torch.rand(n, 2); boxes = torch.cat([c, s], 1)
grid = torch.stack(torch.meshgrid(torch.linspace(0, 1, 16), torch.linspace(0, 1, 16), indexing="xy"), -1)
xy = box_cxcywh_to_xyxy(boxes)[:, None, None]
images = ((grid >= xy[..., :2]) & (grid <= xy[..., 2:])).all(-1).float()[:, None]
model = nn.Sequential(nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, 4), nn.Sigmoid())
opt = torch.optim.AdamW(model.parameters(), 1e-3); criterion = SetCriterion(); weights = {"bbox": 5.0, "giou": 2.0}
for epoch in range(8):
    for b in torch.randperm(n).split(40):
        losses = criterion({"boxes": model(images[b])}, {"boxes": boxes[b]})
        loss = sum(weights[k] * losses[k] for k in losses); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, {k: v.item() for k, v in losses.items()})
