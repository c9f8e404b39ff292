"""The same columns, typed, by lxml's iterparse: the usual way to read a large XML file in Python."""

import datetime
import decimal
import os

from lxml import etree

columns = {name: [] for name in (
    "number status name registered street town post_code country phones staff turnover currency".split())}
for _, row in etree.iterparse("register.xml", tag="organisation"):
    columns["number"].append(row.get("number"))
    columns["status"].append(row.get("status"))
    columns["name"].append(row.findtext("name"))
    columns["registered"].append(datetime.date.fromisoformat(row.findtext("registered")))
    address = row.find("address")
    columns["street"].append(address.findtext("street"))
    columns["town"].append(address.findtext("town"))
    columns["post_code"].append(address.findtext("postCode"))
    columns["country"].append(address.get("country"))
    columns["phones"].append([phone.text for phone in row.iterfind("phone")])
    columns["staff"].append(int(row.findtext("staff")))
    turnover = row.find("turnover")
    columns["turnover"].append(decimal.Decimal(turnover.text))
    columns["currency"].append(turnover.get("currency"))
    if len(columns["number"]) >= 8192:
        # As batches are handed on, so that memory stays bounded here as well.
        for values in columns.values():
            values.clear()
    row.clear()
    while row.getprevious() is not None:
        del row.getparent()[0]
print("benchmark:", os.path.getsize("register.xml") / 1e6, "MB")
