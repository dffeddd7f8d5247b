"""The entry point of a Python sandbox: a supervisor with the protocol of bot-sdk/sandbox-protocol.ts, and a zygote from
which hooks are forked."""

import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# The same hashes, time zone and text encoding in every run. The last variable marks that address randomization is off.
REPEATABLE = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LANG": "C.UTF-8",
    "HOME": "/workspace",
    "TMPDIR": "/workspace",
    "ADDRESSES": "fixed",
}
ADDR_NO_RANDOMIZE = 0x0040000


def main() -> None:
    """Restarts Python without address randomization, because addresses determine hashes and thus the order of sets."""
    if os.environ.get("ADDRESSES") != "fixed":
        import ctypes

        # If this is refused, a replay may iterate sets of objects in another order; nothing else depends on it.
        ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE)
        os.execve(sys.executable, [sys.executable, "-s", "-P", "-B", *sys.argv], REPEATABLE)
    # Python would end on SIGINT, and other processes cannot kill process 1 by other signals.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path.insert(0, HERE)
    workspace = sys.argv[1] if len(sys.argv) > 1 else "/workspace"
    from zygote import Zygote

    zygote = Zygote(workspace)
    from supervisor import Supervisor

    Supervisor(workspace, zygote).serve()


if __name__ == "__main__":
    main()
