"""What runs in the sandbox: one case of a program, and a checker of the user."""
