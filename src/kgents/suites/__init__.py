"""Files of tasks and of samples."""
