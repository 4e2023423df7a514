"""The tier on AWS: looked at, moved by calls, and compared with what is written."""
