#!/usr/bin/env bash
# Starts a MariaDB for the tests: on loopback, in a temporary directory, beside any other instance.
# Prints "port N" on standard output when it is ready, and stops at the end of standard input.
# Installs the server's programs from Debian if they are missing; the packages start no service.
# "mariadb.sh install" only installs.
set -euo pipefail

missing() { ! command -v mariadbd || ! command -v mariadb-install-db || ! command -v my_print_defaults; }

if missing >/dev/null; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "mariadb.sh: expected mariadbd, mariadb-install-db and my_print_defaults, found not all;" \
      "install mariadb-server-core and mariadb-client-core of Debian or equivalent packages" >&2
    exit 1
  fi
  {
    apt-get update -q -o DPkg::Lock::Timeout=300
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y -o DPkg::Lock::Timeout=300 \
      --no-install-recommends mariadb-server-core mariadb-client-core
  } >&2
fi

if [ "${1:-}" = install ]; then
  exit 0
fi

home=$(mktemp -d)
server=
stop() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  rm -rf "$home"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

port=$((20000 + RANDOM % 10000))
while listens "$port"; do
  port=$((port + 1))
done

cat >"$home/init.sql" <<SQL
CREATE DATABASE policies;
CREATE USER 'policies'@'127.0.0.1' IDENTIFIED BY 'policies';
GRANT ALL ON policies.* TO 'policies'@'127.0.0.1';
SQL
user=$(id -un)
mariadb-install-db --no-defaults --user="$user" --datadir="$home/data" --skip-test-db \
  --auth-root-authentication-method=normal >&2
mariadbd --no-defaults --user="$user" --datadir="$home/data" --socket="$home/socket" \
  --pid-file="$home/pid" --bind-address=127.0.0.1 --port="$port" --skip-name-resolve \
  --init-file="$home/init.sql" </dev/null >&2 &
server=$!

for _ in $(seq 300); do
  if listens "$port"; then
    echo "port $port"
    cat >/dev/null
    exit 0
  fi
  if ! kill -0 "$server" 2>/dev/null; then
    break
  fi
  sleep 0.2
done
echo "mariadb.sh: expected a server on port $port within a minute, found none; see the output of mariadbd above" >&2
exit 1
