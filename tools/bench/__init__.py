"""What is as fast as we say: cases measured in turns, with ratios and their spread."""
