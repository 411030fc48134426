"""What stock clients do against a broker: one small program per client, in the client's own language.

``driver`` starts them and reads what they say, ``installs`` puts them into the cache, ``catalogue`` lists them.
"""
