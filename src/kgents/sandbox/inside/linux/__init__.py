"""What Linux has to confine a process with."""
