"""From data to a saved run: options, problem, net, hyperparameters, training, scores, record."""

from goodfit.names_elsewhere import answer_calls

answer_calls(__name__)
