"""Joint handling 联办: what several do together on one case.

吹哨报到, 会诊, 包案, 五方, 工作组, 代办, 点单 are one mechanism: a `Call` on a case with a `Part` for
each who is called. How they differ stands in `forms.toml`: who may call whom, what has to be said,
which clock runs, who ends it, what each step is called.
"""
