"""Looking after whole databases: integrity checks, backups, mirrors, the end of embargoes."""
