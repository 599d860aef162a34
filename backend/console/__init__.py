"""The console: the pages on which a site's staff clear their worklist, ask families back, enrol participants and see
what leaves for the study team. A front door like `app.py`: it calls the use cases of the rooms and holds no rule of
its own; a button is shown to whoever may use it, and the use case still decides.
"""
