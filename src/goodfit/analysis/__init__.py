"""What is made of scores: the verdict, importance, example rows."""
