"""FamiljehemSverige: domain, use cases, adapters and runtime, shared by every function.

domain    pure: nouns and rules; no clock, no I/O, no HTTP, no table
ports     the roles that the use cases need
usecases  one verb per file: the order of steps
adapters  the only rooms that say boto3
runtime   the only rooms that say Lambda, Starlette, Mangum, Powertools

Imports run one way: functions → runtime → adapters → usecases → ports → domain.
"""
