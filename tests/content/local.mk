# What the exercises hold themselves to. One folder of exercises is enough for `make check` to find: nothing is listed here.
live_scripts += tests/content/exercises_odd.sh tests/content/exercises_even.sh
EXTRA_DIST += tests/content/exercises.sh
