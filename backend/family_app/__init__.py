"""The family page: what a parent opens on the phone. It logs without a network and sends when there is one.

A front door like `app.py`: it serves the files in `page/`, which speak to `/api/v1` as any phone does.
"""
