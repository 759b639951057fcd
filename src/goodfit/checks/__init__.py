"""What is silently wrong. Rules, one file each in rules/, and the facts that they are asked about."""
