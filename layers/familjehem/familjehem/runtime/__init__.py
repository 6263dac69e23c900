"""The rooms that say Lambda, Starlette, Mangum and Powertools: settings, wiring, http, problems, streams."""
