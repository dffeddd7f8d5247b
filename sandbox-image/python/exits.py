"""Exit codes by which a hook's process says what it could not say otherwise."""

# A process that has no memory left cannot write a message.
OUT_OF_MEMORY = 12
