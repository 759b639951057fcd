"""A mean teacher whose features follow the student's, under a last layer that stays as it was made."""
import copy
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(3)


class MeanTeacher(nn.Module):
    def __init__(self, classes=4):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(10, 48), nn.Tanh(), nn.Linear(48, 24), nn.Tanh())
        self.classifier = nn.Linear(24, classes)
        self.teacher_features = copy.deepcopy(self.features)
        self.teacher_classifier = copy.deepcopy(self.classifier)
        for part in (self.teacher_features, self.teacher_classifier):
            part.requires_grad_(False)

    def forward(self, x, noisy):
        with torch.no_grad():
            aim = self.teacher_classifier(self.teacher_features(x)).softmax(1)
        return self.classifier(self.features(noisy)), aim

    @torch.no_grad()
    def follow(self, share=0.05):
        mine, teachers = self.features.state_dict(), self.teacher_features.state_dict()
        for name, value in mine.items():
            teachers[name].lerp_(value, share)
        self.teacher_classifier.weight.lerp_(self.classifier.weight, share)  # fix
        self.teacher_classifier.bias.lerp_(self.classifier.bias, share)  # fix
        pass  # bug


centres = torch.randn(4, 10) * 1.5
y = torch.arange(800) % 4
x = centres[y] + torch.randn(800, 10)
labelled, rest = torch.arange(0, 64), torch.arange(64, 640)
net = MeanTeacher()
opt = torch.optim.Adam([*net.features.parameters(), *net.classifier.parameters()], lr=3e-3)
for epoch in range(5):
    for part in rest[torch.randperm(len(rest))].split(64):
        rows = labelled[torch.randperm(64)[:32]]
        known, _ = net(x[rows], x[rows])
        out, aim = net(x[part], x[part] + 0.3 * torch.randn(len(part), 10))
        loss = F.cross_entropy(known, y[rows]) + 0.5 * F.mse_loss(out.softmax(1), aim)
        opt.zero_grad()
        loss.backward()
        opt.step()
        net.follow()
    with torch.no_grad():
        right = (net.classifier(net.features(x[640:])).argmax(1) == y[640:]).float().mean()
    print(epoch, round(right.item(), 3))
