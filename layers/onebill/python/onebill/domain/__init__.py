"""What Onebill believes about money, said without any machinery.

The law of this package: standard library only, no clock, no ids, no environment, no I/O.
State, `now` and ids come in as arguments; a new state or a typed error comes out.
"""
