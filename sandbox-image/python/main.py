"""What a Python sandbox runs: a process that forks a child for every hook and speaks bot-sdk/sandbox-protocol.ts."""

import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
REPEATABLE = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LANG": "C.UTF-8"}


def main() -> None:
    """Starts over where hashes are random: -I ignores the environment, and sets would differ from run to run."""
    if sys.flags.hash_randomization:
        os.execve(sys.executable, [sys.executable, "-s", "-P", "-B", *sys.argv], REPEATABLE)
    # Python would end on it, and process 1 is what others cannot end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path.insert(0, HERE)
    from zygote import Zygote

    Zygote(workspace=sys.argv[1] if len(sys.argv) > 1 else "/workspace").serve()


if __name__ == "__main__":
    main()
