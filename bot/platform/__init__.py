"""The fake Tencent: stands in for both platforms in tests and rehearsals, over real HTTP.

`tencent` is the service's caller, `api` what the service calls, `fake` both as a server. Independent of the code that it
tries out, its cryptography included: it imports nothing of ours.
"""
