"""The commands: one module each. They wire the floors below together, and nothing else does."""
