"""From data to a saved run: options, problem, net, hyperparameters, training, scores, record."""
