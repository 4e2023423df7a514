"""Asks for an admin process and ends with its exit code.

Run by boot.sh as `admin.py SOCKET COMMAND...`. The process writes to what is our stdout and stderr,
and ends when we do, however that comes about.
"""

import json
import socket
import sys

# What Run Command's agent takes for an order: restart the machine and run the script again, or call
# it a success ("Handling reboots when running commands" in the AWS Systems Manager User Guide).
ORDERS = (194, 168)
INSTEAD = 1


def main(path: str, words: list[str]) -> int:
    """Have one command run."""
    with socket.socket(socket.AF_UNIX) as process:
        try:
            process.connect(path)
        except OSError as error:
            raise SystemExit(f"admin: {path} does not answer: {error.strerror}.") from None
        request = json.dumps(words).encode() + b"\n"
        sent = socket.send_fds(process, [request], [sys.stdout.fileno(), sys.stderr.fileno()])
        process.sendall(request[sent:])
        answer = process.makefile().readline()
    if not answer:
        raise SystemExit("admin: it has not run; `journalctl --unit app-admin.service` says why.")
    code = int(answer)
    if code in ORDERS:
        sys.stderr.write(f"admin: it ended with {code}, which is an order to AWS; told as a 1.\n")
        return INSTEAD
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
