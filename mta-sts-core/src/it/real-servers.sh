#!/usr/bin/env bash
# Real mail, DNS and policy servers on loopback, for tests and for manual experiments:
# Postfix as ten MX hosts with and without faults, nginx as policy hosts, unbound as DNS server.
#
#   real-servers.sh install            install missing packages (Debian, root), or print the reason
#   real-servers.sh start [DIRECTORY]  install, start, print the directory (default: a new one)
#   real-servers.sh status DIRECTORY   print what is running; exit status 0 if all is, 1 if not
#   real-servers.sh stop DIRECTORY     stop everything and remove the directory
#
# All files are in the directory, which must be accessible to every user. The machine's own
# Postfix, nginx and unbound are not touched, and the servers listen on loopback only.
# DIRECTORY/servers.properties lists ports and files:
#
#   dns.port, https.port  on 127.0.0.1
#   https.log             the requests to policy hosts: status, host, path
#   ca                    certificate of the CA of policy hosts and of valid MX hosts
#   mx.NAME.port          port of mx.NAME.test; hosts with IPv4 share one port
#   mx.NAME.log           mail log, with every command received
#   mx.NAME.mailbox       Maildir of bob, the only recipient, in every domain
#
# Mail for enforce.NAME.test, testing.NAME.test and open.NAME.test, which has no policy, goes to
# mx.NAME.test; for other domains see the function domains.
set -euo pipefail
PATH="$PATH:/usr/sbin:/sbin"

mx_hosts() { # name, address, TLS, certificate, oldest TLS
  cat <<EOF
valid            127.0.0.11  may      valid       TLSv1.2
expired          127.0.0.12  may      expired     TLSv1.2
wrong-name       127.0.0.13  may      wrong-name  TLSv1.2
unknown-ca       127.0.0.14  may      unknown-ca  TLSv1.2
no-starttls      127.0.0.15  none     -           TLSv1.2
encrypt-only     127.0.0.16  encrypt  valid       TLSv1.2
tls13-only       127.0.0.17  may      valid       TLSv1.3
valid-ip6        ::1         may      valid       TLSv1.2
unknown-ca-ip6   ::1         may      unknown-ca  TLSv1.2
no-starttls-ip6  ::1         none     -           TLSv1.2
EOF
}

domains() {
  local name
  while read -r name _; do
    domain "enforce.$name.test" "mx.$name.test" enforce "*.$name.test"
    domain "testing.$name.test" "mx.$name.test" testing "*.$name.test"
    domain "open.$name.test" "mx.$name.test"
  done < <(mx_hosts)
  # The policy does not list the MX host.
  domain unlisted.test mx.valid.test enforce mx.elsewhere.test
  # Four hosts that must not get the mail, then a valid one.
  local several="mx.expired.test mx.wrong-name.test mx.unknown-ca.test mx.no-starttls.test mx.valid.test"
  domain several.test "$several" enforce "$several"
  # Policies that a sender must ignore: behind an untrusted certificate, and behind a redirect.
  domain impostor.test mx.no-starttls.test enforce mx.valid.test
  domain moved.test mx.no-starttls.test enforce mx.valid.test
}

say() { echo "real-servers: $*" >&2; }
die() { say "$*" && exit 1; }

# ---- Installing ----------------------------------------------------------------------------------

prepare() {
  [ "$(id -u)" = 0 ] || die "expected root, which Postfix needs, found $(id -un)"
  grep -qs '^0*1 .* lo$' /proc/net/if_inet6 ||
    die "expected the loopback interface to have ::1, for MX hosts with IPv6 only, found none"
  local command missing=()
  for command in postfix nginx unbound openssl; do # each is in the package of the same name
    command -v "$command" >/dev/null || missing+=("$command")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null || die "expected apt-get, to install ${missing[*]}, found none"
    say "installing ${missing[*]}"
    apt_install "${missing[@]}" >&2 || die "apt-get could not install ${missing[*]}"
  fi
}

# Installs packages without starting or configuring their services.
apt_install() (
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  export DEBIAN_FRONTEND=noninteractive
  echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
  quietly=(-y -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120)
  apt-get "${quietly[@]}" update &&
    apt-get "${quietly[@]}" --no-install-recommends install "$@"
)

# ---- Certificates --------------------------------------------------------------------------------

make_cas() {
  local name
  install -D /dev/null "$work/ca/issued"
  cat >"$work/ca/openssl.cnf" <<EOF
[req]
distinguished_name = name
prompt = no
[name]
CN = unnamed
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[ca]
default_ca = any
[any]
database = $work/ca/issued
new_certs_dir = $work/ca
rand_serial = yes
unique_subject = no
default_days = 30
default_md = sha256
policy = names
[names]
commonName = supplied
EOF
  for name in private unknown; do
    new_key "$name" "$work/ca/$name" -x509 -days 30 -extensions root
  done
}

new_key() { # COMMON-NAME FILE [option...]: the key into FILE.key, the rest into FILE.pem
  openssl req -config "$work/ca/openssl.cnf" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
    -nodes -subj "/CN=$1" -keyout "$2.key" -out "$2.pem" "${@:3}"
}

issue() { # CA FILE HOST [option...]: key and certificate into FILE
  local ca=$work/ca/$1
  new_key "$3" "$2"
  openssl ca -batch -notext -config "$work/ca/openssl.cnf" -cert "$ca.pem" -keyfile "$ca.key" \
    -extfile <(echo "subjectAltName = DNS:$3") -in "$2.pem" -out "$2.crt" "${@:4}"
  cat "$2.key" "$2.crt" >"$2"
}

issue_for_mx() { # KIND FILE HOST
  case $1 in
    valid) issue private "$2" "$3" ;;
    expired) issue private "$2" "$3" -startdate 20200101000000Z -enddate 20200201000000Z ;;
    wrong-name) issue private "$2" mx.elsewhere.test ;;
    unknown-ca) issue unknown "$2" "$3" ;;
  esac
}

# ---- Domains: DNS and policy hosts ---------------------------------------------------------------

configure_names() {
  mkdir -p "$work/dns" "$work/https/certificates" "$work/https/policies"
  cat >"$work/dns/test.zone" <<EOF
\$ORIGIN test.
\$TTL 300
@ SOA ns postmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
EOF
  mx_hosts | awk '{ print "mx." $1, ($2 ~ /:/ ? "AAAA" : "A"), $2 }' >>"$work/dns/test.zone"
  configure_unbound
  configure_nginx
  domains
  echo "}" >>"$work/https/nginx.conf"
}

domain() { # DOMAIN MX-HOSTS [MODE PATTERNS]
  local mx preference=0
  for mx in $2; do
    preference=$((preference + 10))
    echo "$1. MX $preference $mx." >>"$work/dns/test.zone"
  done
  [ $# -eq 2 ] || policy "$1" "$3" "$4"
}

policy() { # DOMAIN MODE PATTERNS
  local file=$work/https/policies/$1.txt certificate=$work/https/certificates/$1.pem ca=private
  printf '_mta-sts.%s. TXT "v=STSv1; id=1;"\nmta-sts.%s. A 127.0.0.1\n' "$1" "$1" \
    >>"$work/dns/test.zone"
  {
    printf 'version: STSv1\r\nmode: %s\r\n' "$2"
    tr ' ' '\n' <<<"$3" | sed 's/.*/mx: &\r/'
    printf 'max_age: 604800\r\n'
  } >"$file"
  [ "$1" = impostor.test ] && ca=unknown
  issue "$ca" "$certificate" "mta-sts.$1"
  local serving="alias $file;"
  [ "$1" = moved.test ] && serving="return 301 https://\$host:$https_port/moved.txt;"
  cat >>"$work/https/nginx.conf" <<EOF
  server {
    listen 127.0.0.1:$https_port ssl;
    server_name mta-sts.$1;
    ssl_certificate $certificate;
    ssl_certificate_key $certificate;
    location = /.well-known/mta-sts.txt { $serving }
    location = /moved.txt { alias $file; }
  }
EOF
}

configure_unbound() {
  cat >"$work/dns/unbound.conf" <<EOF
server:
  interface: 127.0.0.1@$dns_port
  port: $dns_port
  do-ip6: no
  num-threads: 1
  chroot: ""
  username: ""
  directory: "$work/dns"
  pidfile: "$work/dns/pid"
  logfile: "$work/dns/log"
  use-syslog: no
  module-config: "iterator"
  # No query leaves the machine, and test. is not the empty default zone.
  local-zone: "." refuse
  local-zone: "test." transparent
remote-control:
  control-enable: no
auth-zone:
  name: "test."
  zonefile: "$work/dns/test.zone"
  for-downstream: yes
  for-upstream: no
EOF
}

configure_nginx() {
  cat >"$work/https/nginx.conf" <<EOF
pid $work/https/pid;
error_log $work/https/error.log;
worker_processes 1;
events {}
http {
  log_format requests '\$status \$host \$uri';
  access_log $work/https/log requests;
  default_type text/plain; types {}
$(printf "  %s_temp_path $work/https/temporary;\n" client_body proxy fastcgi uwsgi scgi)
EOF
}

# ---- MX hosts ------------------------------------------------------------------------------------

configure_mx() { # NAME ADDRESS TLS CERTIFICATE OLDEST-TLS
  local mx=$work/mx/$1 listener=$2 port=$smtp_port
  if [ "$2" = ::1 ]; then # several hosts share the address
    listener="[::1]" port=$((ip6_port++))
  fi
  mkdir -p "$mx"/{etc,spool,data} "$mx"/mail/bob/{new,cur,tmp}
  chown -R nobody "$mx/mail"
  chown postfix "$mx/data"
  [ "$4" = - ] || issue_for_mx "$4" "$mx/etc/certificate.pem" "mx.$1.test"
  cat >"$mx/etc/main.cf" <<EOF
compatibility_level = 3.6
queue_directory = $mx/spool
data_directory = $mx/data
maillog_file = $mx/log
maillog_file_prefixes = $work
myhostname = mx.$1.test
inet_interfaces = loopback-only
mydestination =
local_recipient_maps =
# Accepts mail for bob in any domain into a Maildir, and sends none.
virtual_mailbox_domains = static:any
virtual_mailbox_maps = regexp:{ { /^bob@/ bob/ } }
virtual_mailbox_base = $mx/mail
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
smtpd_relay_restrictions = reject_unauth_destination
local_header_rewrite_clients =
default_transport = error:this host sends no mail
# Logs every command.
debug_peer_list = 127.0.0.0/8, [::1]/128
debug_peer_level = 1
smtpd_peername_lookup = no
smtpd_tls_security_level = $3
smtpd_tls_protocols = >=$5
smtpd_tls_received_header = yes
EOF
  [ "$4" = - ] || echo "smtpd_tls_chain_files = $mx/etc/certificate.pem" >>"$mx/etc/main.cf"
  cat >"$mx/etc/master.cf" <<EOF
$listener:$port inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
EOF
  cat >>"$work/starting.properties" <<EOF
mx.$1.port = $port
mx.$1.log = $mx/log
mx.$1.mailbox = $mx/mail/bob
EOF
}

# ---- Starting and stopping -----------------------------------------------------------------------

# Prints the first of COUNT consecutive free ports, below the range for client connections.
free_ports() { # COUNT
  local first port try
  for try in {1..50}; do
    first=$((20000 + (RANDOM % 1000) * 10))
    for ((port = first; port < first + $1; port++)); do
      grep -qi ":$(printf %04x "$port") 0*:0000 " /proc/net/{tcp,tcp6,udp,udp6} && continue 2
    done
    echo "$first"
    return
  done
  die "expected $1 free ports, found none in $try tries"
}

start() { # [DIRECTORY]
  prepare
  umask 022
  work=${1:-$(mktemp -d -t real-servers.XXXXXX)}
  work=$(mkdir -p "$work" && cd "$work" && pwd)
  [ -z "$(ls -A "$work")" ] || die "$work: expected an empty directory or none, found files in it"
  chmod 755 "$work" # for the servers' own users
  trap 'say "not started; the log ends with:"; tail -n 20 "$work/start.log" >&2; stop' EXIT
  trap 'exit 130' INT TERM
  (start_all) >"$work/start.log" 2>&1 # in a subshell, so that the trap does not write into the log
  mv "$work/starting.properties" "$work/servers.properties"
  echo "$work" # fails if the caller has exited; then the trap stops the servers
  trap - EXIT INT TERM
}

start_all() {
  local first columns mx
  first=$(free_ports 6)
  dns_port=$first https_port=$((first + 1)) smtp_port=$((first + 2)) ip6_port=$((first + 3))
  cat >"$work/starting.properties" <<EOF
dns.port = $dns_port
https.port = $https_port
https.log = $work/https/log
ca = $work/ca/private.pem
EOF
  make_cas
  configure_names
  while read -r -a columns; do
    configure_mx "${columns[@]}"
  done < <(mx_hosts)
  # A copy, since AppArmor does not let the packaged one read these files.
  cp "$(command -v unbound)" "$work/dns/unbound"
  "$work/dns/unbound" -c "$work/dns/unbound.conf"
  (cd "$work/https" && nginx -p . -e error.log -c nginx.conf)
  for mx in "$work"/mx/*; do
    postfix -c "$mx/etc" start
  done
}

is_running() { # PID-FILE: whether the process runs here, and is not another with a reused pid
  local pid
  pid=$(tr -d ' ' <"$1") && [[ $(readlink "/proc/$pid/cwd") == "$work"/* ]]
} 2>/dev/null

status() {
  local pid_file all=0
  for pid_file in "$work"/{dns,https}/pid "$work"/mx/*/spool/pid/master.pid; do
    if is_running "$pid_file"; then
      echo "running  ${pid_file#"$work"/}"
    else
      echo "stopped  ${pid_file#"$work"/}" && all=1
    fi
  done
  return $all
}

stop() {
  local mx pid_file
  for mx in "$work"/mx/*; do
    if is_running "$mx/spool/pid/master.pid"; then
      { postfix -c "$mx/etc" stop || postfix -c "$mx/etc" abort; } >>"$work/stop.log" 2>&1 &
    fi
  done
  wait
  for pid_file in "$work"/{dns,https}/pid; do
    while is_running "$pid_file"; do
      kill "$(cat "$pid_file")" 2>/dev/null || true; sleep 0.1
    done
  done
  rm -rf "$work"
}

at() { # DIRECTORY
  [ -e "${1:-}/starting.properties" ] || [ -e "${1:-}/servers.properties" ] ||
    die "expected the directory that start printed, found ${1:-none}"
  work=$(cd "$1" && pwd)
}

case ${1:-} in
  install) prepare ;;
  start) start "${2:-}" ;;
  status) at "${2:-}" && status ;;
  stop) at "${2:-}" && stop ;;
  *) die "expected install, start, status or stop, found ${1:-nothing}" ;;
esac
