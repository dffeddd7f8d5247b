"""Exit codes of a hook's process, for results that it cannot send as a message."""

# A process without free memory cannot write a message.
OUT_OF_MEMORY = 12
