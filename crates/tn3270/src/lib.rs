//! A client of TN3270 hosts: screens, fields, keys.
