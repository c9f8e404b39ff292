"""Splink on the snapshots of the two registers, with a model as its documentation recommends for a first one.

The same properties as our rules compare; a link is the best pair of an institution with a probability of at least one half.
"""

import glob
import logging

import duckdb
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLD = 0.5

logging.disable(logging.WARNING)
database = duckdb.connect()
database.execute("set threads = 2")


def register(name, snapshots):
    """The newest snapshot, flat and folded to upper case."""
    newest = sorted(glob.glob(snapshots))[-1]
    database.execute(f"""
        create table {name} as
        select _key as key, upper(legalName) as name, upper("registeredAddress.thoroughfare") as street,
            upper("registeredAddress.postName") as town, upper("registeredAddress.adminUnitL2") as state,
            substr("registeredAddress.postCode", 1, 5) as post_code
        from '{newest}'
    """)


register("institutions", "education/data/snapshots/institutions/*.parquet")
register("organisations", "treasury/data/snapshots/exempt-organisations/*.parquet")
records = sum(database.execute(f"select count(*) from {name}").fetchall()[0][0] for name in ("institutions", "organisations"))

rules = [("name", "state"), ("post_code", "substr(name, 1, 4)"), ("street", "post_code"), ("town", "state", "substr(name, 1, 6)")]
settings = SettingsCreator(
    link_type="link_only",
    unique_id_column_name="key",
    blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
    comparisons=[
        compare.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.8]).configure(term_frequency_adjustments=True),
        compare.JaroWinklerAtThresholds("street", [0.95, 0.85]).configure(term_frequency_adjustments=True),
        compare.ExactMatch("town").configure(term_frequency_adjustments=True),
        compare.ExactMatch("post_code").configure(term_frequency_adjustments=True),
    ],
)
api = DuckDBAPI(connection=database)
tables = [api.register(database.table(name), dataset_display_name=f"{name}_set") for name in ("institutions", "organisations")]
linker = Linker(tables, settings)
linker.training.estimate_probability_two_random_records_match([block_on("name", "state")], recall=0.6)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=42)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("name", "state"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("post_code", "street"))
pairs = linker.inference.predict(threshold_match_probability=THRESHOLD).physical_name
found = database.execute(f"""
    with pair as (
        select case when source_dataset_l = 'institutions_set' then key_l else key_r end as institution,
            case when source_dataset_l = 'institutions_set' then key_r else key_l end as organisation, match_weight
        from {pairs}
    ), best as (
        select institution, arg_max(organisation, match_weight) as organisation from pair group by institution
    ), truth as (
        select cast(unitid as varchar) as institution, cast(ein as varchar) as organisation
        from read_csv('truth.csv', all_varchar = true)
    )
    select count(*), count(*) filter (best.institution in (select institution from truth)),
        count(*) filter ((best.institution, best.organisation) in (select (institution, organisation) from truth)),
        (select count(*) from truth)
    from best
""").fetchall()[0]
links, known, right, truth = found
print("benchmark:", records, "records")
print(f"note: precision {right / max(known, 1):.3f} at recall {right / truth:.3f} of {truth} true pairs, {links - known} links unverified")
