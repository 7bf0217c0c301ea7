"""A simulated year of a county, and a checker that looks at nothing but what it left in its history.

    machine.py    the service as it runs: replicas on one database, a clock, outages, power cuts
    county.py     the town file of a county
    traffic.py    when people write and when they are answered, as figures
    sayings.py    what villagers write
    deeds.py      what staff and villagers do with a case, as words said to the service
    world.py      who does what when: from one due moment to the next, nothing sleeps
    history.py    what is in the database afterwards: rows, nothing else
    reckoning.py  time counted the slow way, day by day
    rules.py      what must be true of each case, from its history alone

`python -m tests.simulation --help` runs a year of any size and prints what it took and found.
"""
