"""Walks the practice host with s3270, the standard client without a screen. Both ends of the protocol were written by others
than the other end: what our host says must be 3270, or this client does not understand it."""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
HOST = ["cargo", "run", "--quiet", "-p", "concordat-tn3270", "--features", "host", "--example", "practice-host", "--", "0"]

WALK = [
    "Wait(10,InputField)", 'String("DEMO")', "Tab()", 'String("GREEN")', "Enter()",
    "Wait(10,InputField)", 'String("clinic")', "Enter()",
    # The host paints `SEARCHING` first and frees the keyboard with the list.
    "Wait(10,Unlock)", "Ascii()", "PF(8)", "Wait(10,Unlock)", "PF(7)", "Wait(10,Unlock)", 'String("s")', "Enter()",
    "Wait(10,Unlock)", "Ascii()", "PF(3)", "Wait(10,Unlock)", "PF(3)", "Wait(10,Unlock)", "Ascii()", "Quit()",
]
SCREENS = ["SEARCH RESULT", "LINDEN CLINIC 1", "ORGANISATION", "100000007", "ORGANISATION SEARCH"]


def walk(port, model):
    client = subprocess.run(
        ["s3270", "-model", model, "-utf8", f"127.0.0.1:{port}"],
        input="\n".join(WALK) + "\n", text=True, capture_output=True, timeout=60, check=False)
    shown = "\n".join(re.findall(r"^data: (.*)$", client.stdout, re.MULTILINE))
    missing = [text for text in SCREENS if text not in shown]
    if missing or "error" in client.stdout.splitlines():
        sys.exit(f"s3270 as {model} did not see {missing}\n{client.stdout}\n{client.stderr}")


def main():
    if shutil.which("s3270") is None:
        sys.exit("this machine lacks s3270")
    for manner in ("extended", "plain"):
        host = subprocess.Popen(HOST + [manner], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        try:
            port = int(host.stderr.readline().rsplit(":", 1)[1])
            for model in ("3278-2-E", "3278-4-E", "3279-3-E"):
                walk(port, model)
        finally:
            host.kill()
    print("s3270 understands the practice host")


main()
