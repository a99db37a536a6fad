#!/bin/sh
# Run once by the image of PostgreSQL, when it makes its cluster: the server's own user, which owns its own database and is nothing else in this
# cluster. A statement that an attacker smuggled into it reads no file, runs no program and reaches no other database.
set -eu
: "${OUTDIAL_PASSWORD:?choose POSTGRES_PASSWORD in ops/compose.env}"
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv password OUTDIAL_PASSWORD
create role outdial login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'password';
create database outdial owner outdial;
revoke connect, temporary on database outdial from public;
revoke connect, temporary on database postgres, template1 from public;
SQL
