"""Exports of marketplaces, and whatever a form can be written for: recognised by header, read by form."""
