#!/bin/sh
# Starts Redis with two users: `outdial`, which may work on our keys and channels and administer nothing, and `default`, which everybody is
# who names no user, and which may do nothing. The password comes in REDIS_PASSWORD and is kept as its SHA-256.
set -eu
folder=${REDIS_RUN_DIR:-/run/redis}
digest=$(printf %s "${REDIS_PASSWORD:?choose one in ops/compose.env}" | sha256sum | cut -d' ' -f1)
umask 077
# INFO is among the dangerous commands, and BullMQ and `npm run doctor` ask it for the version and the memory policy.
cat >"$folder/users.acl" <<ACL
user default off resetkeys resetchannels nocommands
user outdial on #$digest ~outdial:* &outdial:* +@all -@admin -@dangerous +info
ACL
unset REDIS_PASSWORD
# Waiting jobs must not be thrown away when memory runs short; what a crash loses, the sweeper finds again.
exec redis-server --aclfile "$folder/users.acl" --maxmemory "${REDIS_MEMORY:-384mb}" --maxmemory-policy noeviction --appendonly yes "$@"
