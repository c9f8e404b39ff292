"""The types of the customers' columns, as the source file of the benchmark has them."""

import tomllib


def types():
    with open("customers.toml", "rb") as source:
        return tomllib.load(source)["csv"]["types"]
