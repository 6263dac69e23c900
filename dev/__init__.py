"""The local cloud: the very same handlers behind an emulator on loopback, wired from the transformed template.

Nothing here is shipped, and nothing that is shipped knows of it. `python -m dev` starts the service; README and
`docs/local-cloud.md` tell how it is used and where it differs from AWS.
"""
