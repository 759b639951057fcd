"""What lies on disk: files written whole or not at all, tensors, the run folder, the test ledger."""
