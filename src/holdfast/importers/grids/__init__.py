"""Tables in files of any kind: rows of cells, before anybody knows what they mean."""
