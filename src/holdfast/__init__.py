"""Holdfast (稳付): the protection layer for pay-after-use commerce (先用后付)."""
