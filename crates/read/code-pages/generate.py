#!/usr/bin/env python3
"""Writes src/copybook/pages.txt: the one-byte code pages, from the tables of glibc (iconv), and some of Python.

A line has name, title and characters, separated by tabs. The characters of an EBCDIC page are those of the bytes 40 to FF, because
all of them agree on the control characters below; those of other pages are of the bytes 80 to FF, because all of them are
ASCII below. A byte without a character is U+FFFD itself. What is neither printed nor read from left to right is written as \\XXXX.
Run it in this folder when a page is added; `code_page.rs` has a digest of every page.
"""
import subprocess
import unicodedata

EBCDIC = """
037 United States, Canada, Netherlands, Portugal, Brazil
273 Germany, Austria
274 Belgium (old)
275 Brazil (old)
277 Denmark, Norway
278 Finland, Sweden
280 Italy
281 Japan, Latin (old)
284 Spain, Latin America
285 United Kingdom
290 Japan, Katakana
297 France
420 Arabic
423 Greek (old)
424 Hebrew
500 International, Belgium, Switzerland
833 Korea, one-byte part
836 China, simplified, one-byte part
838 Thai
870 Central Europe
871 Iceland
875 Greek
880 Cyrillic (old)
905 Turkish (old)
918 Urdu
1025 Cyrillic
1026 Turkish
1027 Japan, Latin
1047 Open systems
1097 Farsi
1112 Baltic
1122 Estonia
1123 Ukraine
1130 Vietnam
1132 Lao
1137 Devanagari
1140 cp037 with the euro
1141 cp273 with the euro
1142 cp277 with the euro
1143 cp278 with the euro
1144 cp280 with the euro
1145 cp284 with the euro
1146 cp285 with the euro
1147 cp297 with the euro
1148 cp500 with the euro
1149 cp871 with the euro
1153 cp870 with the euro
1154 cp1025 with the euro
1155 cp1026 with the euro
1156 cp1112 with the euro
1157 cp1122 with the euro
1158 cp1123 with the euro
1159 Taiwan, one-byte part
1160 Thai with the euro
1164 Vietnam with the dong
"""

ASCII = """
437 DOS, United States
720 DOS, Arabic
737 DOS, Greek
775 DOS, Baltic
850 DOS, Western Europe
852 DOS, Central Europe
855 DOS, Cyrillic
857 DOS, Turkish
858 DOS, Western Europe with the euro
860 DOS, Portugal
861 DOS, Iceland
862 DOS, Hebrew
863 DOS, Canada
864 DOS, Arabic
865 DOS, Denmark, Norway
866 DOS, Russian
869 DOS, Greek (modern)
"""

# cp437 with the letters of Polish, Czech and Slovak in it, as their users described them; and two of the Macintosh.
OTHERS = """
cp620\tPoland (Mazovia)\tÇüéâäàąçêëèïîćÄĄĘęłôöĆûùŚÖÜ¢Ł¥śƒŹŻóÓńŃźż¿⌐¬½¼¡«»
cp895\tCzechoslovakia (Kamenický)\tČüéďäĎŤčěĚĹÍľĺÄÁÉžŽôöÓůÚýÖÜŠĽÝŘťáíóúňŇŮÔšřŕŔ¼§«»
mac-ce\tCentral Europe on the Macintosh\tmac_latin2
mac-greek\tGreece on the Macintosh\tmac_greek
"""

# Pages that glibc has under another name: of 838, the one with more letters; the others, one-byte parts.
ELSEWHERE = {"838": "IBM9030", "833": "IBM1364", "836": "IBM1388", "1027": "IBM939", "1159": "IBM1371"}

# Pages that glibc lacks, or has with slips: in 424, 875 and 1026 Python agrees with IBM's own tables.
BY_PYTHON = ("424", "720", "875", "1026")


def character(name, byte):
    if name in BY_PYTHON:
        text = bytes([byte]).decode("cp" + name, "replace")
        return "\ufffd" if text < " " else text
    source = ELSEWHERE.get(name, "CP" + name if name in ("737", "775") else "IBM" + name)
    run = subprocess.run(["iconv", "-f", source, "-t", "UTF-8"], input=bytes([byte]), capture_output=True)
    text = run.stdout.decode() if run.returncode == 0 else ""
    return text if len(text) == 1 else "\ufffd"


def written(letter):
    plain = unicodedata.category(letter)[0] in "LNPS" and unicodedata.bidirectional(letter) not in ("R", "AL", "AN")
    combining = unicodedata.combining(letter) or unicodedata.category(letter) == "Mn"
    if letter in " \ufffd" or (plain and not combining and letter != "\\"):
        return letter
    return "\\%04X" % ord(letter)


with open("../src/copybook/pages.txt", "w", encoding="utf-8") as out:
    for family, pages, first in (("ebcdic", EBCDIC, 0x40), ("ascii", ASCII, 0x80)):
        for line in pages.strip().splitlines():
            name, title = line.split(" ", 1)
            letters = "".join(written(character(name, byte)) for byte in range(first, 0x100))
            out.write(f"cp{name.zfill(3)}\t{family}\t{title}\t{letters}\n")
    for line in OTHERS.strip().splitlines():
        name, title, source = line.split("\t")
        if name.startswith("mac"):
            letters = bytes(range(0x80, 0x100)).decode(source)
        else:
            letters = source + bytes(range(0xB0, 0x100)).decode("cp437")
        out.write(f"{name}\tascii\t{title}\t{''.join(map(written, letters))}\n")
