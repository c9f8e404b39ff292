"""The properties and facts of the example's register as one query over the same records."""

import duckdb

records = duckdb.sql("select count(*) from 'eo-master.parquet'").fetchall()[0][0]
duckdb.sql("""
copy (
    select lpad(cast(eo_ein as varchar), 9, '0') as key, trim(eo_name) as name,
        nullif(trim(eo_ntee_code), '') as activity,
        case when eo_street not like 'PO BOX %' then trim(eo_street) end as street,
        case when eo_street like 'PO BOX %' then trim(substr(eo_street, 8)) end as po_box,
        trim(eo_city) as town, lpad(cast(eo_zip5 as varchar), 5, '0') as post_code, trim(eo_state) as state,
        eo_status in ('01', '02', '25') and eo_subsection not in ('90', '91', '92') as exempt,
        case when eo_status in ('01', '02', '25') and eo_subsection not in ('90', '91', '92')
              and eo_ruling_month between 1 and 12
             then make_date(cast(eo_ruling_year as int), cast(eo_ruling_month as int), 1) end as since,
        case eo_deductibility when '1' then 'yes' when '2' then 'no' when '4' then 'treaty' end as deductible,
        case when eo_asset_known = 'Y' then cast(eo_asset_amount as bigint) end as assets,
        case when eo_income_known = 'Y' then cast(eo_income_amount as bigint) end as income,
        case when eo_revenue_known = 'Y' then cast(eo_revenue_amount as bigint) end as revenue,
        concat(trim(eo_street), ', ', trim(eo_city), ', ', trim(eo_state)) as filing_address,
        eo_foundation in ('02', '03', '04') as private_foundation
    from 'eo-master.parquet'
) to 'mapped.parquet'
""")
print("benchmark:", records, "records")
