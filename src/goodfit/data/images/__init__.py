"""Images: found, decoded once into a cache, augmented, paired, degraded."""
