"""Where a rule makes a piece worse: (rule, path) -> why. A pair that no longer breaks its rule is reported."""

EXCEPTIONS = {
    ("os_door", "fuzz/replay_main.cpp"): "a test's own main: it reads its corpus",
    ("os_door", "src/store/sqlite/data_lock.cpp"): "the lock file beside the database that SQLite opens by itself",
    ("os_door", "src/store/sqlite/sqlite_database.cpp"): "syncs the backup file that SQLite wrote by itself",
}
