"""What runs in the sandbox: reads a spec, tries it, and says what programs are asked. The standard library only."""
