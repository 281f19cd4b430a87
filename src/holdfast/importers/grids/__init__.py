"""Tables in files of any kind: rows of cells, before anybody knows what they mean.

- `open_grids`: `grids`, which looks at a file's first bytes and gives its tables; `grid`: what one is
- `containers`: what a file is by its first bytes; `sources`, `archives`: bytes out of files, gzip and zip
- `text`: delimited text; `encodings`, `windows`, `delimited`: its signs, its whole lines, its rows
- `lines`: text in which every line is a row, by columns
- `workbooks`, `cell_places`: sheets; `extents`: whether they fit into memory; `pages`: tables of HTML
- `refusals`: why a file, or a row of it, cannot be read
"""
