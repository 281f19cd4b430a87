"""Telling: the story of facts in words, in 中文 and in English, from the words that stand in each room.

Whatever shows a story tells it from here: `holdfast show`, the cover of a package of evidence, documents.

- `facts`: the sentence that tells one fact, with its figures; texts of people as they can be printed
- `documents`: rows and facts as programs are given them, in JSON
- `pages`: a page of facts, told one by one
- `lives`: the story of an order, a merchant or an account, from the facts and entries of a home
"""
