"""What a machine starts with, and so what its image must have."""

# Of Amazon Linux. Another name would add a second disk and leave the root as the image has it.
ROOT_DEVICE = "/dev/xvda"
ROOT_GIB = 16  # 8 for the image, the rest for builds and journal
