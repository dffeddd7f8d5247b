"""What a Python sandbox runs: a supervisor that speaks bot-sdk/sandbox-protocol.ts, and a zygote that it forks hooks from."""

import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Hashes, time zone and texts do not differ from run to run. The last one says that addresses do not either.
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
    """Starts over with an environment of its own: addresses decide hashes of objects, and so the order of sets."""
    if os.environ.get("ADDRESSES") != "fixed":
        import ctypes

        # Where it is refused, objects in sets have other orders in a replay; nothing else depends on it.
        ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE)
        os.execve(sys.executable, [sys.executable, "-s", "-P", "-B", *sys.argv], REPEATABLE)
    # Python would end on it, and process 1 is what others cannot end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path.insert(0, HERE)
    workspace = sys.argv[1] if len(sys.argv) > 1 else "/workspace"
    from zygote import Zygote

    zygote = Zygote(workspace)
    from supervisor import Supervisor

    Supervisor(workspace, zygote).serve()


if __name__ == "__main__":
    main()
