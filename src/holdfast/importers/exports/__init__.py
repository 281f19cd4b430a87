"""Exports of marketplaces, and whatever else a form can be written for: recognised by header, read by its form."""
