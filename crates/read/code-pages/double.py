#!/usr/bin/env python3
"""Writes src/copybook/double/*.txt: the two-byte parts of EBCDIC code pages, from the tables of glibc (iconv).

A line begins with the code that its first character has; codes follow each other with second bytes 41 to FE. Then comes

    一二三四     the characters themselves,
    +25 가       25 characters from one on, in the order of Unicode,
    >94 啊       94 characters from one on, in the order of a PC encoding that the program has anyway.

so that of 90,000 characters only those are written whose order is found nowhere else. Run it in this folder.
"""
import subprocess

LOW = list(range(0x41, 0xFF))
CODES = [(high << 8) | low for high in range(0x41, 0xFF) for low in LOW]
# file, page of glibc that has it, encoding whose order helps, its first and last lead byte
TABLES = [
    ("japan", "IBM930", None, 0, 0),
    ("korea", "IBM1364", "cp949", 0x81, 0xFE),
    ("china", "IBM1388", "gbk", 0x81, 0xFE),
    ("taiwan", "IBM1371", "big5hkscs", 0xA1, 0xF9),
]
SHORTEST_RUN = 5


def characters(page):
    data = b"".join(bytes([0x0E, code >> 8, code & 0xFF, 0x0F, 0x25]) for code in CODES)
    run = subprocess.run(["iconv", "-c", "-f", page, "-t", "UTF-8"], input=data, capture_output=True)
    lines = run.stdout.decode().split("\n")
    return [line if len(line) == 1 and ord(line) < 0x10000 else None for line in lines[: len(CODES)]]


def order(codec, first, last):
    """Every character of an encoding with the one that follows it."""
    following, before = {}, None
    for lead in range(first, last + 1):
        for trail in range(0x40, 0xFF):
            try:
                letter = bytes([lead, trail]).decode(codec)
                # Of Big5 there are many versions; what two of them agree on, all have.
                letter = letter if codec != "big5hkscs" or bytes([lead, trail]).decode("big5") == letter else None
            except UnicodeDecodeError:
                letter = None
            letter = letter if letter and len(letter) == 1 and not 0xE000 <= ord(letter) <= 0xF8FF else None
            if before and letter and before not in following:
                following[before] = letter
            before = letter
    return following


def run_length(letters, start, follows):
    end = start + 1
    while end < len(letters) and letters[end] and follows(letters[end - 1], letters[end]):
        end += 1
    return end - start


for name, page, codec, first, last in TABLES:
    letters = characters(page)
    following = order(codec, first, last) if codec else {}
    with open(f"../src/copybook/double/{name}.txt", "w", encoding="utf-8") as out:
        index, plain = 0, ""

        def flush():
            global plain
            if plain:
                out.write(f"{CODES[index - len(plain)]:04X} {plain}\n")
            plain = ""

        while index < len(letters):
            letter = letters[index]
            if not letter:
                flush()
                index += 1
                continue
            by_number = run_length(letters, index, lambda a, b: ord(b) == ord(a) + 1)
            by_order = run_length(letters, index, lambda a, b: following.get(a) == b)
            length, mark = max((by_number, "+"), (by_order, ">"))
            if length >= SHORTEST_RUN or letter in "+> ":
                flush()
                out.write(f"{CODES[index]:04X} {mark}{length} {letter}\n")
                index += length
            else:
                plain += letter
                index += 1
                if len(plain) == 80:
                    flush()
        flush()
