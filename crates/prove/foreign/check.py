"""Checks a log folder and proofs of ours with foreign libraries. See README.md."""

import argparse
import base64
import pathlib
import random
import shutil
import sys
import tempfile

import metamorphic_log
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.tiles import leaf_hash


def check_log(folder, key):
    """Raises when anything public in the folder does not lead to the signed root."""
    note = (folder / "checkpoint").read_text()
    head = metamorphic_log.checkpoint_verify(note, [key])
    reader = TilesReader(LocalBackend(folder))
    checkpoint = reader.get_checkpoint()
    root = bytes(checkpoint.root_hash)
    assert (head.size, bytes(head.root)) == (checkpoint.size, root), "the libraries read the checkpoint differently"
    assert checkpoint.origin == key.split("+")[0], "the origin is not the key's name"
    assert reader.calculate_root_hash() == root, "the tiles do not add up to the root"
    for index in range(checkpoint.size):
        leaf = leaf_hash(reader.get_entry(index))
        proof = reader.get_inclusion_proof(index, checkpoint.size)
        proof.check(leaf, root)
        metamorphic_log.verify_inclusion(index, checkpoint.size, leaf, proof.node_hashes, root)
    return checkpoint.size


def check_proof(text, key):
    """Raises when a tlog-proof does not hold. There is no library for the format itself: it is a dozen lines."""
    body, checkpoint = text.split("\n\n", 1)
    header, extra, index, *path = body.split("\n")
    assert header == "c2sp.org/tlog-proof@v1", header
    entry = base64.b64decode(extra.removeprefix("extra "), validate=True)
    path = [base64.b64decode(line, validate=True) for line in path]
    index = int(index.removeprefix("index "))
    metamorphic_log.checkpoint_verify_inclusion(checkpoint, [key], index, leaf_hash(entry), path)
    return entry


def check_damage(folder, key, tries):
    """Flips a byte of a public file in a copy, again and again; each must be found."""
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as copy:
        copy = pathlib.Path(copy) / "log"
        shutil.copytree(folder, copy)
        files = [copy / "checkpoint", *sorted(path for path in (copy / "tile").rglob("*") if path.is_file())]
        for _ in range(tries):
            path = chance.choice(files)
            whole = path.read_bytes()
            place = chance.randrange(len(whole))
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:])
            try:
                check_log(copy, key)
            except Exception:
                path.write_bytes(whole)
                continue
            sys.exit(f"byte {place} of {path.relative_to(copy)} was changed and nobody noticed")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("key", help="the body's verifier key")
    parser.add_argument("proofs", type=pathlib.Path, nargs="*")
    parser.add_argument("--damage", type=int, nargs="?", const=100, default=0, metavar="TRIES")
    arguments = parser.parse_args()
    size = check_log(arguments.folder, arguments.key)
    for proof in arguments.proofs:
        check_proof(proof.read_text(), arguments.key)
    check_damage(arguments.folder, arguments.key, arguments.damage)
    print(f"the foreign libraries agree: {size} leaves, {len(arguments.proofs)} proofs")


if __name__ == "__main__":
    main()
