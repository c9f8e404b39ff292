"""Every record of the table as a dictionary, as the library gives it; the deleted ones are passed over."""

import os

from dbfread import DBF

for record in DBF("parcels.dbf", encoding="cp1252"):
    pass
print("benchmark:", os.path.getsize("parcels.dbf") / 1e6, "MB")
