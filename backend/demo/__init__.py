"""The demo study: a made-up cohort at two sites with two years of diary, one entry played through its whole way, and
then a running installation to look around in. Nobody in it exists; nothing in it is trial data."""
