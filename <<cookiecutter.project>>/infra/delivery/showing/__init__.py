"""What people see: a picture, lines, a record, a timeline, a status."""
