"""How a running program is watched: what of torch is hooked, the events, who listens, and what is known so far."""
