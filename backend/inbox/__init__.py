"""The inbox: what a person is told, whatever became of the e-mail, and how they want to be told.

A notice says that something waits, never what. It stands here from the moment it was due until it is void.
"""
